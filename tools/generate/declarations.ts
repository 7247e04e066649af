/**
 * Reads interfaces, type aliases and lists of texts from TypeScript sources, with their docstrings.
 *
 * TypeScript 7 has no compiler API. This reads only what our sources contain, formatted by Prettier, and throws at
 * everything else instead of guessing.
 */
import { balancedEnd, cleanDocstring, skipSpace, typeEnd, withoutComments } from './scan.ts'

/** A property or method of an interface. */
export interface Member {
  readonly name: string
  readonly isOptional: boolean
  /** The type as it is written; for a method its parameters and result: `(value?: number): void`. */
  readonly type: string
  readonly isMethod: boolean
  /** The text of its docstring; empty when it has none. */
  readonly doc: string
}

export interface InterfaceDeclaration {
  readonly name: string
  readonly doc: string
  /** The interfaces that it extends, with their type arguments: `WithLifetime`, `Labelled<L, Counter>`. */
  readonly bases: readonly string[]
  readonly members: readonly Member[]
}

/** Everything that one file declares, by name. */
export interface Declarations {
  readonly interfaces: ReadonlyMap<string, InterfaceDeclaration>
  /** The types that aliases stand for. */
  readonly aliases: ReadonlyMap<string, string>
  /** `const names = ['a', 'b'] as const`. */
  readonly lists: ReadonlyMap<string, readonly string[]>
  /** Names that are imported from other files of the package, with the path as it is written. */
  readonly imports: ReadonlyMap<string, string>
}

/** Reads one file. Throws where an interface is written in a way that it does not know. */
export function readDeclarations(source: string): Declarations {
  return {
    interfaces: readInterfaces(source),
    aliases: readAliases(source),
    lists: readLists(source),
    imports: readImports(source),
  }
}

/** Reads the members of an interface or of an object type, from behind its `{` to the `}` that closes it. */
export function readMembers(source: string, from: number): Member[] {
  const members: Member[] = []
  for (let at = from; ;) {
    const start = skipSpace(source, at)
    if (source[start.at] === '}') return members
    const head = /^(?:readonly )?(?:(\w+)|'([^']+)'|\[(\w+(?:\.\w+)?)\])(\??)(:|[<(])/.exec(
      source.slice(start.at),
    )
    if (head === null) throw new Error(`cannot read a member: ${source.slice(start.at, start.at + 60)}`)
    const [text, plain, quoted, computed, mark, next] = head
    const isMethod = next !== ':'
    const typeFrom = start.at + text.length - (isMethod ? 1 : 0)
    const end = typeEnd(source, typeFrom)
    members.push({
      name: plain ?? quoted ?? `[${computed}]`,
      isOptional: mark === '?',
      type: withoutComments(source.slice(typeFrom, end)),
      isMethod,
      doc: start.doc,
    })
    at = end
  }
}

function readInterfaces(source: string): Map<string, InterfaceDeclaration> {
  const found = new Map<string, InterfaceDeclaration>()
  for (const { 0: head, 1: name, index } of source.matchAll(/^(?:export )?interface (\w+)/gm)) {
    const parameters = index + head.length
    const from = source[parameters] === '<' ? balancedEnd(source, parameters) + 1 : parameters
    const open = openingBrace(source, from)
    const bases = source.slice(from, open).replace(/^\s*extends\s/, '')
    const doc = docstringBefore(source, index)
    found.set(name, { name, doc, bases: splitTopLevel(bases, ','), members: readMembers(source, open + 1) })
  }
  return found
}

/** Where the body of an interface opens, after what it extends. */
function openingBrace(source: string, from: number): number {
  for (let at = from; at < source.length; at++) {
    if (source[at] === '{') return at
    at = balancedEnd(source, at)
  }
  throw new Error('an interface has no body')
}

function readAliases(source: string): Map<string, string> {
  const heads = source.matchAll(/^(?:export )?type (\w+)(?:<[^=]*>)? =/gm)
  return new Map(
    [...heads].map(({ 0: head, 1: name, index }) => {
      const from = index + head.length
      return [name, source.slice(from, typeEnd(source, from)).trim()]
    }),
  )
}

function readLists(source: string): Map<string, readonly string[]> {
  const found = source.matchAll(/^(?:export )?const (\w+) = \[([^\]]*)\] as const/gm)
  return new Map(
    [...found].map(([, name, items]) => [name, [...items.matchAll(/'([^']*)'/g)].map((m) => m[1])]),
  )
}

function readImports(source: string): Map<string, string> {
  const found = source.matchAll(/^import (?:type )?\{([^}]*)\} from '(\.[^']+)'/gm)
  return new Map(
    [...found].flatMap(([, names, path]) =>
      names
        .split(',')
        .map((name) =>
          name
            .trim()
            .replace(/^type /, '')
            .replace(/^.* as /, ''),
        )
        .filter((name) => name !== '')
        .map((name) => [name, path] as const),
    ),
  )
}

/** Splits at a separator that is not inside brackets or quotes. */
export function splitTopLevel(text: string, separator: string): string[] {
  const parts: string[] = []
  let from = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === separator) {
      parts.push(text.slice(from, at))
      from = at + 1
    } else at = balancedEnd(text, at)
  }
  return [...parts, text.slice(from)].map((part) => part.trim()).filter((part) => part !== '')
}

function docstringBefore(source: string, index: number): string {
  const before = source.slice(0, index).trimEnd()
  if (!before.endsWith('*/')) return ''
  return cleanDocstring(before.slice(before.lastIndexOf('/*')))
}
