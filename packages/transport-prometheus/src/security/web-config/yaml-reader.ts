import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml'
import type { AddIssue, Field } from '../issue.js'

/** A document that is being read. */
export interface YamlReader {
  readonly document: Document
  readonly lines: LineCounter
  readonly addIssue: AddIssue
}

/** A node and where it is: `tls_server_config.key (line 3, column 8)`. */
export type YamlField = Field<Node | null | undefined>

/** How many merge keys or aliases are followed in a row. */
const MAX_HOPS = 16

/**
 * Parses a text as YAML 1.1, as go-yaml does. Adds issues; undefined when the text is not valid.
 *
 * The parser's own messages quote the text, which contains hashes and keys. So an issue only has the parser's error
 * code, line and column.
 */
export function openYaml(text: string, addIssue: AddIssue): YamlReader | undefined {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    version: '1.1',
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    logLevel: 'error',
  })
  for (const { code, pos } of document.errors) {
    const { line, col } = lines.linePos(pos[0])
    const expected =
      code === 'MULTIPLE_DOCS' ? 'one document' : code === 'DUPLICATE_KEY' ? 'each key once' : 'YAML'
    addIssue(`(line ${line}, column ${col})`, code, expected)
  }
  return document.errors.length > 0 ? undefined : { document, lines, addIssue }
}

/** The fields of a map by name. Unknown ones are issues. Null and nothing are an empty map, as in go-yaml. */
export function readMap(
  reader: YamlReader,
  field: YamlField,
  known?: readonly string[],
): Map<string, YamlField> {
  const fields = new Map<string, YamlField>()
  fillMap(reader, field, fields, MAX_HOPS)
  if (known === undefined) return fields
  for (const [name, { path }] of fields)
    if (!known.includes(name)) reader.addIssue(path, 'an unknown field', `one of ${known.join(', ')}`)
  return fields
}

function fillMap(reader: YamlReader, field: YamlField, into: Map<string, YamlField>, hops: number): void {
  const node = resolve(reader, field.value)
  if (isNull(node)) return
  if (!isMap(node) || hops === 0) return reader.addIssue(field.path, kindOf(node), 'a map')
  const merged: YamlField[] = []
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? textOfScalar(key) : undefined
    if (name === undefined)
      reader.addIssue(pathOf(reader, field.path, '?', key), 'a key that is not a string', 'a string')
    else if (name === '<<') merged.push({ path: field.path, value: value as Node | null })
    else into.set(name, { path: pathOf(reader, field.path, name, key), value: value as Node | null })
  }
  for (const one of merged) {
    const base = new Map<string, YamlField>()
    const source = resolve(reader, one.value)
    for (const part of isSeq(source) ? source.items : [source])
      fillMap(reader, { path: one.path, value: part as Node }, base, hops - 1)
    for (const [name, value] of base) if (!into.has(name)) into.set(name, value)
  }
}

/** A string. Numbers and booleans are taken as they are written, as go-yaml does. Undefined for null. */
export function readText(reader: YamlReader, field: YamlField | undefined): Field<string> | undefined {
  if (field === undefined) return undefined
  const node = resolve(reader, field.value)
  if (isNull(node)) return undefined
  const text = isScalar(node) ? textOfScalar(node) : undefined
  if (text === undefined) reader.addIssue(field.path, kindOf(node), 'a string')
  return text === undefined ? undefined : { path: field.path, value: text }
}

/** A string. Undefined for null and the empty string, because go-yaml takes these for a missing field. */
export function readFilledText(reader: YamlReader, field: YamlField | undefined): Field<string> | undefined {
  const text = readText(reader, field)
  return text?.value === '' ? undefined : text
}

/** A boolean. Undefined for null. */
export function readFlag(reader: YamlReader, field: YamlField | undefined): boolean | undefined {
  if (field === undefined) return undefined
  const node = resolve(reader, field.value)
  if (isNull(node)) return undefined
  if (isScalar(node) && typeof node.value === 'boolean') return node.value
  reader.addIssue(field.path, kindOf(node), 'true or false')
  return undefined
}

/** A list of strings. Undefined for null. */
export function readTexts(
  reader: YamlReader,
  field: YamlField | undefined,
): Field<readonly Field<string>[]> | undefined {
  if (field === undefined) return undefined
  const node = resolve(reader, field.value)
  if (isNull(node)) return undefined
  if (!isSeq(node)) {
    reader.addIssue(field.path, kindOf(node), 'a list')
    return undefined
  }
  const items = node.items.map((item, i) => {
    const path = pathOf(reader, field.path, String(i), item)
    return readText(reader, { path, value: item as Node }) ?? { path, value: '' }
  })
  return { path: field.path, value: items }
}

function resolve(reader: YamlReader, node: unknown): unknown {
  let found = node
  for (let hops = 0; isAlias(found) && hops < MAX_HOPS; hops++) {
    const target = found.resolve(reader.document)
    if (target === undefined)
      reader.addIssue(pathOf(reader, '', '*', found), 'an alias without an anchor', 'an anchor before it')
    found = target
  }
  return found
}

function isNull(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null)
}

function textOfScalar(node: { value: unknown; source?: string }): string | undefined {
  return typeof node.value === 'string' ? node.value : node.source
}

function kindOf(node: unknown): string {
  if (isMap(node)) return 'a map'
  if (isSeq(node)) return 'a list'
  return isScalar(node) && typeof node.value === 'string' ? 'a string' : 'another value'
}

/** `parent.name (line 3, column 5)`, without the parent's own line and column, and with unusual keys quoted. */
function pathOf(reader: YamlReader, parent: string, name: string, node: unknown): string {
  const base = parent.replace(/ ?\(line \d+, column \d+\)$/, '')
  const key = /^[\w.-]{1,60}$/.test(name) ? name : JSON.stringify(name.slice(0, 60))
  const offset = (node as Node | null)?.range?.[0]
  if (offset === undefined) return base === '' ? key : `${base}.${key}`
  const { line, col } = reader.lines.linePos(offset)
  return `${base === '' ? key : `${base}.${key}`} (line ${line}, column ${col})`
}
