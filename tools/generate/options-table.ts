/** The options of a package as a Markdown table, from the docstrings of its `options.ts`. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readMembers, splitTopLevel, type Member } from './declarations.ts'
import { markdownTable } from './markdown-table.ts'
import { PackageTypes } from './package-types.ts'
import { parseOptionDoc } from './sentences.ts'
import { plainType, typeText } from './type-text.ts'

/** One option, as it is found in a type or in one type of a union. */
interface Option {
  readonly path: string
  readonly member: Member
  /** The file whose imports the type's names come from. */
  readonly file: string
}

/** What {@link optionsTable} shows. */
export interface OptionsTableRequest {
  /** The folder of the package. */
  readonly folder: string
  /** The interface or type. Default: that of the parameter of `parseOptions` in `options.ts`. */
  readonly name?: string
  /** Interfaces that the README shows in tables of their own: their options are not repeated. */
  readonly elsewhere?: ReadonlySet<string>
}

/** Throws when an option has no docstring, or when the type is written in a way that the parser does not know. */
export function optionsTable({ folder, name, elsewhere = new Set() }: OptionsTableRequest): string {
  const types = new PackageTypes(folder)
  const subject = name === undefined ? subjectOf(folder) : { name, file: types.fileDeclaring(name) }
  const branches = branchesOf(subject.name, subject.file, types)
  const options = branches.flat().flatMap((option) => flatten(option, types, elsewhere))
  const isEverywhere = (path: string): boolean =>
    branches.every((branch) => branch.some((option) => option.path === path.split('.')[0]))
  const rows = uniqueByPath(options).map((option) => rowOf(option, isEverywhere(option.path), types))
  return markdownTable(['Name', 'Type', 'Default', 'Unit', 'Meaning'], rows)
}

/** The type of the parameter of `parseOptions`, in the `options.ts` that is nearest to the package's entry. */
function subjectOf(folder: string): { readonly name: string; readonly file: string } {
  const [path] = globSync('src/**/options.ts', { cwd: folder }).sort((a, b) => a.length - b.length)
  if (path === undefined) throw new Error(`${folder} has no options.ts`)
  const file = join(folder, path)
  const [, name] = /^export function parseOptions\(\w+\??: (\w+)/m.exec(readFileSync(file, 'utf8')) ?? []
  if (name === undefined) throw new Error(`${file}: expected a function parseOptions(options: …)`)
  return { name, file }
}

/** The options of each type of a union; one list for an interface. */
function branchesOf(name: string, file: string, types: PackageTypes): Option[][] {
  const found = types.interfaceOf(name, file)
  if (found !== undefined)
    return [types.membersOf(found).map(({ member, file: at }) => ({ path: member.name, member, file: at }))]
  const alias = types.aliasOf(name, file)
  if (alias === undefined) throw new Error(`${file}: ${name} is not an interface or a type of this package`)
  return splitTopLevel(alias.type, '|').flatMap((part) => {
    if (!part.startsWith('{')) return branchesOf(part, alias.file, types)
    const members = readMembers(part, 1).filter(({ type }) => type !== 'undefined')
    return [members.map((member) => ({ path: member.name, member, file: alias.file }))]
  })
}

/** An option that is an object of options becomes one row for each of them: `tls.certFile`. */
function flatten(option: Option, types: PackageTypes, elsewhere: ReadonlySet<string>): Option[] {
  const { path, member, file } = option
  const [, partial, plain] = /^(?:Partial<(\w+)>|(\w+Options))$/.exec(plainType(member.type)) ?? []
  const name = partial ?? plain
  const found = name === undefined || elsewhere.has(name) ? undefined : types.interfaceOf(name, file)
  if (found === undefined) return [option]
  return types.membersOf(found).flatMap(({ member: inner, file: at }) => {
    const isOptional = inner.isOptional || partial !== undefined
    const nested = { path: `${path}.${inner.name}`, member: { ...inner, isOptional }, file: at }
    return flatten(nested, types, elsewhere)
  })
}

function uniqueByPath(options: readonly Option[]): Option[] {
  return [...new Map(options.toReversed().map((option) => [option.path, option])).values()].toReversed()
}

function rowOf({ path, member, file }: Option, isEverywhere: boolean, types: PackageTypes): string[] {
  if (member.doc === '') throw new Error(`${file}: the option ${path} has no docstring`)
  const doc = parseOptionDoc(member.name, member.doc)
  const isRequired = isEverywhere && !member.isOptional
  return [
    `\`${path}\``,
    member.isMethod ? 'function' : typeText(member.type, file, types),
    doc.default ?? (isRequired ? 'required' : 'none'),
    doc.unit ?? '',
    doc.meaning,
  ]
}
