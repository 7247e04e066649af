/** Tables of core's README: the members of an interface, and what each kind's handle can do. */
import { join } from 'node:path'
import { markdownTable } from './markdown-table.ts'
import { PackageTypes, type FoundInterface } from './package-types.ts'
import { plainType } from './type-text.ts'

/** The interface of the handle without labels, by kind. A rate has no handle. */
const handles: Readonly<Record<string, string | undefined>> = {
  counter: 'Counter',
  up_down_counter: 'UpDownCounter',
  gauge: 'Gauge',
  histogram: 'TotalledDistribution',
  exponential_histogram: 'TotalledDistribution',
  summary: 'TotalledDistribution',
  timer: 'Timer',
  info: 'Info',
  state_set: 'StateSet',
  rate: undefined,
}

/** Every member of an interface with its type and docstring. Throws when one has no docstring. */
export function interfaceTable(folder: string, name: string): string {
  const types = new PackageTypes(folder)
  const found = types.interfaceOf(name, types.fileDeclaring(name))
  if (found === undefined) throw new Error(`${folder}: ${name} is not an interface`)
  const rows = types.membersOf(found).map(({ member }) => {
    if (member.doc === '') throw new Error(`${found.file}: ${name}.${member.name} has no docstring`)
    const isCallable = member.isMethod || member.type.includes('=>')
    const type = isCallable ? `\`${callOf(member.name, member.type)}\`` : `\`${plainType(member.type)}\``
    return [`\`${member.name}\``, type, member.doc]
  })
  return markdownTable(['Name', 'Type', 'Meaning'], rows)
}

/** Each kind of instrument: what it is for, and the methods of its handle. */
export function kindsTable(folder: string): string {
  const types = new PackageTypes(folder)
  const file = join(folder, 'src/definition/definition.ts')
  const rows = [...types.declarationsIn(file).interfaces.values()].flatMap((declaration) => {
    const kind = declaration.members.find(({ name }) => name === 'kind')?.type.replaceAll("'", '')
    if (kind === undefined) return []
    if (!(kind in handles)) throw new Error(`${file}: no handle is known for the kind ${kind}`)
    return [[`\`${kind}\``, declaration.doc, methodsOf(handles[kind], types, folder)]]
  })
  return markdownTable(['Kind', 'When to use it', "The handle's methods"], rows)
}

/** Each method of the handles with its docstring. Throws when one has no docstring. */
export function methodsTable(folder: string): string {
  const types = new PackageTypes(folder)
  const rows = new Map<string, { readonly call: string; readonly of: Set<string>; readonly doc: string }>()
  const all = [...Object.entries(handles), ['', 'Labelled'] as const]
  for (const [kind, name] of all) {
    if (name === undefined) continue
    for (const { member } of types.membersOf(handleInterface(name, types, folder))) {
      if (member.name.startsWith('[')) continue
      if (member.doc === '') throw new Error(`${name}.${member.name} of ${folder} has no docstring`)
      const call = callOf(member.name, member.type)
      const row = rows.get(call + member.doc) ?? { call, of: new Set<string>(), doc: member.doc }
      rows.set(call + member.doc, row)
      row.of.add(kind === '' ? 'every kind with labels' : `\`${kind}\``)
    }
  }
  return markdownTable(
    ['Method', 'Of', 'What it does'],
    [...rows.values()].map(({ call, of, doc }) => [`\`${call}\``, [...of].join(', '), doc]),
  )
}

function methodsOf(name: string | undefined, types: PackageTypes, folder: string): string {
  if (name === undefined) return 'none: it follows its counter'
  const members = types.membersOf(handleInterface(name, types, folder)).map(({ member }) => member)
  const names = members.filter((member) => !member.name.startsWith('[')).map((member) => member.name)
  return [...new Set(names)].map((method) => `\`${method}\``).join(', ')
}

function handleInterface(name: string, types: PackageTypes, folder: string): FoundInterface {
  const file = join(folder, 'src/definition/handles.ts')
  const found = types.interfaceOf(name, file)
  if (found === undefined) throw new Error(`${file}: no interface ${name}`)
  return found
}

/** A call as it is written in documentation, with the names of its parameters alone: `inc(value?, exemplar?)`. */
function callOf(name: string, type: string): string {
  const parameters = plainType(type).replace(/^<[^(]*>/, '')
  const names = [...parameters.slice(1, parameters.indexOf(')')).matchAll(/(\w+\??):/g)].map(
    (match) => match[1],
  )
  return `${name}(${names.join(', ')})`
}
