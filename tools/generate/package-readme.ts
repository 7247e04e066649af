/** Fills in the generated blocks of a package's README. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { InstrumentTable } from '@tidegauge/core'
import { blocksIn, replaceBlock } from './blocks.ts'
import { interfaceTable, kindsTable, methodsTable } from './core-tables.ts'
import { metricsTable } from './metrics-table.ts'
import { optionsTable } from './options-table.ts'

/** Returns the README with its blocks as the package's code has them now. Throws at a block that nothing generates. */
export async function fillReadme(text: string, folder: string): Promise<string> {
  const blocks = blocksIn(text)
  const elsewhere = new Set(blocks.map(({ argument }) => argument).filter((name) => name !== ''))
  let filled = text
  for (const block of blocks) {
    const content = await contentOf(block.kind, block.argument, { folder, elsewhere })
    filled = replaceBlock(filled, block, content)
  }
  return filled
}

async function contentOf(
  kind: string,
  argument: string,
  { folder, elsewhere }: { readonly folder: string; readonly elsewhere: ReadonlySet<string> },
): Promise<string> {
  switch (kind) {
    case 'metrics':
      return metricsTable(await instrumentsOf(folder))
    case 'options':
      return optionsTable({ folder, elsewhere, ...(argument !== '' && { name: argument }) })
    case 'interface':
      return interfaceTable(folder, argument)
    case 'kinds':
      return kindsTable(folder)
    case 'methods':
      return methodsTable(folder)
    default:
      throw new Error(`${folder}/README.md: nothing generates a block "${kind}"`)
  }
}

/** A package's table, by the names under which packages export theirs. */
async function instrumentsOf(folder: string): Promise<InstrumentTable> {
  const entry = join(folder, 'dist/index.js')
  if (!existsSync(entry)) throw new Error(`${entry} is missing: run \`npm run build\` first`)
  const module = (await import(entry)) as Record<string, unknown>
  // core's `instruments` is a function
  const found = [module['instruments'], module['selfInstruments']].find((one) => typeof one === 'object')
  if (found === undefined) throw new Error(`${folder} exports no instrument table`)
  return found as InstrumentTable
}
