/** The programs of the READMEs, made to end by themselves, as TypeScript, as an ES module and as CommonJS. */
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { workspaceRoot } from '../../workspace/graph.ts'

/** A README's TypeScript blocks, in order. */
export function blocksOf(readme: string): string[] {
  const text = readFileSync(join(workspaceRoot, readme), 'utf8')
  return [...text.matchAll(/^```ts\n([^]*?)^```$/gm)].map((match) => match[1] ?? '')
}

/** The block that contains a text. Throws when the README has none any more, or more than one. */
export function blockWith(readme: string, text: string): string {
  const [block, ...more] = blocksOf(readme).filter((one) => one.includes(text))
  if (block === undefined || more.length > 0)
    throw new Error(
      `${readme}: expected one \`\`\`ts block with ${text}, found ${block ? more.length + 1 : 0}`,
    )
  return block
}

/** The first block without a language after a heading: what a README shows as output. */
export function outputAfter(readme: string, heading: string): string {
  const [, section] = readFileSync(join(workspaceRoot, readme), 'utf8').split(`${heading}\n`)
  const block = /^```(?:text)?\n([^]*?)^```$/m.exec(section ?? '')?.[1]
  if (block === undefined) throw new Error(`${readme} has no output under ${heading}`)
  return block
}

/** Replaces what is there for sure. Throws when the README says it differently by now: change the test, too. */
export function replaceOnce(code: string, old: string, replacement: string): string {
  if (code.split(old).length !== 2) throw new Error(`expected ${JSON.stringify(old)} once in:\n${code}`)
  return code.replace(old, () => replacement)
}

export function toModule(code: string): string {
  return stripTypeScriptTypes(code)
}

/** As CommonJS: imports become `require`, and what awaits runs in a function. */
export function toCommonJs(code: string): string {
  const body = toModule(code)
    .replaceAll(
      /^import \{([^}]*)\} from ('[^']*')/gm,
      (_, names: string, from: string) => `const {${names.replaceAll(' as ', ': ')}} = require(${from})`,
    )
    .replaceAll(/^export /gm, '')
  if (/^\s*(import|export)\b/m.test(body)) throw new Error(`an import or export is left:\n${body}`)
  return `(async () => {\n${body}\n})().catch((error) => { console.error(error); process.exit(1) })\n`
}
