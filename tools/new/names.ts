/** A package's name in the forms in which its files have it. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Names {
  /** `http-cache`: the folder, the package, the plugin. */
  readonly kebab: string
  /** `httpCache`: the function that creates the plugin. */
  readonly camel: string
  /** `HttpCache`: its types. */
  readonly pascal: string
  /** `http_cache`: its metrics. */
  readonly snake: string
}

const MAX_LENGTH = 40

/** Words that TypeScript refuses as the name of a function in a module. */
const reserved = new Set(
  (
    'arguments async await break case catch class const continue debugger default delete do else enum eval export ' +
    'extends false finally for function if implements import in instanceof interface let new null package private ' +
    'protected public return static super switch this throw true try typeof undefined var void while with yield'
  ).split(' '),
)

/** What is wrong with a name; undefined when a package can have it. */
export function nameProblem(kind: 'plugin' | 'transport', name: string): string | undefined {
  const expected = 'expected lower case letters, digits and single hyphens, such as http-cache'
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) return `the name was "${name}", ${expected}`
  if (name.length > MAX_LENGTH)
    return `the name "${name}" has ${name.length} characters, expected up to ${MAX_LENGTH}`
  if (name.startsWith(`${kind}-`)) return `write the name without "${kind}-": the folder gets it`
  const names = namesOf(name)
  const taken = reserved.has(names.camel) ? names.camel : clashIn(kind, names)
  if (taken === undefined) return undefined
  return `the name "${name}" gives the identifier ${taken}, which is taken; choose another name`
}

export function namesOf(name: string): Names {
  const words = name.split('-')
  const pascal = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('')
  return {
    kebab: name,
    camel: pascal.slice(0, 1).toLowerCase() + pascal.slice(1),
    pascal,
    snake: words.join('_'),
  }
}

/** The template's own name, which is replaced everywhere. */
const templateNames = namesOf('my-system')

/** Puts a package's names in the place of the template's. */
export function rename(text: string, names: Names): string {
  return Object.entries(templateNames).reduce(
    (renamed, [form, old]) => renamed.replaceAll(old, names[form as keyof Names]),
    text,
  )
}

/** An identifier of the new package that a file of the template uses for something else. */
function clashIn(kind: 'plugin' | 'transport', names: Names): string | undefined {
  const template = fileURLToPath(new URL(`./templates/${kind}`, import.meta.url))
  for (const path of globSync('**/*.ts', { cwd: template })) {
    const code = readFileSync(join(template, path), 'utf8').replaceAll(/\/\*[^]*?\*\/|\/\/.*|'[^'\n]*'/g, '')
    const identifiers = [...new Set(code.match(/(?<![.\w])[A-Za-z_]\w*/g))]
    const renamed = identifiers.filter((one) => rename(one, names) !== one)
    const others = new Set(identifiers.filter((one) => !renamed.includes(one)))
    const clash = renamed.map((one) => rename(one, names)).find((one) => others.has(one))
    if (clash !== undefined) return clash
  }
  return undefined
}
