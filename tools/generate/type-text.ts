/** Types as a README shows them. */
import { splitTopLevel } from './declarations.ts'
import type { PackageTypes } from './package-types.ts'
import { balancedEnd } from './scan.ts'

/** A type in words for a table: the values of a choice, or the type as code. */
export function typeText(type: string, file: string, types: PackageTypes): string {
  const values = literalsOf(type, file, types)
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(', ')
  const plain = plainType(type)
  if (isFunction(plain) || isFunctionAlias(plain, file, types)) return 'function'
  return /^(string|number|boolean)$/.test(plain) ? plain : `\`${plain}\``
}

/** The type without what matters to the compiler alone. */
export function plainType(type: string): string {
  let plain = type
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\breadonly /g, '')
    .replace(/^\| /, '')
  for (let at = plain.indexOf('Readonly<'); at >= 0; at = plain.indexOf('Readonly<')) {
    const open = at + 'Readonly'.length
    const close = balancedEnd(plain, open)
    plain = plain.slice(0, at) + plain.slice(open + 1, close) + plain.slice(close + 1)
  }
  return plain
}

function isFunction(type: string): boolean {
  const parameters = /^(?:<[^>]*>)?(?=\()/.exec(type)?.[0].length
  return parameters !== undefined && type.slice(balancedEnd(type, parameters) + 1).startsWith(' =>')
}

function isFunctionAlias(name: string, file: string, types: PackageTypes): boolean {
  const alias = /^\w+$/.test(name) ? types.aliasOf(name, file) : undefined
  return alias !== undefined && isFunction(alias.type)
}

/** The values of a union of literals, also behind aliases and `(typeof list)[number]`; undefined for other types. */
function literalsOf(type: string, file: string, types: PackageTypes): readonly string[] | undefined {
  const values = splitTopLevel(type, '|').map((part): readonly string[] | undefined => {
    const [, text, number] = /^(?:'([^']*)'|(-?\d+))$/.exec(part) ?? []
    if (text !== undefined || number !== undefined) return [text ?? number]
    const [, list] = /^\(typeof (\w+)\)\[number\]$/.exec(part) ?? []
    if (list !== undefined) return types.listOf(list, file)
    const alias = /^\w+$/.test(part) ? types.aliasOf(part, file) : undefined
    return alias && literalsOf(alias.type, alias.file, types)
  })
  return values.every((value) => value !== undefined) ? values.flat() : undefined
}
