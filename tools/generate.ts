/** Writes what is derived from code into the READMEs; with `--check`, fails when that would change something. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import type { InstrumentTable } from '@tidegauge/core'
import { diagram, folderTree } from './generate/architecture.ts'
import { hasBlock, replaceBlock } from './generate/blocks.ts'
import { metricsTable } from './generate/metrics-table.ts'
import { readGraph, workspaceRoot } from './workspace/graph.ts'

const isCheck = process.argv.includes('--check')
const graph = await readGraph()
const stale: string[] = []

await update('README.md', { tree: folderTree(graph), diagram: diagram(graph) })
for (const { folder } of graph.projects) {
  const readme = join(folder, 'README.md')
  if (!existsSync(join(workspaceRoot, readme))) continue
  if (!hasBlock(readFileSync(join(workspaceRoot, readme), 'utf8'), 'metrics')) continue
  await update(readme, { metrics: metricsTable(await tableOf(folder)) })
}
if (stale.length > 0 && isCheck)
  console.error(`${stale.join(', ')}: stale, run \`npm run generate\` and commit`)
process.exitCode = stale.length > 0 && isCheck ? 1 : 0

async function update(path: string, blocks: Record<string, string>): Promise<void> {
  const file = join(workspaceRoot, path)
  const before = readFileSync(file, 'utf8')
  let after = before
  for (const [name, content] of Object.entries(blocks)) after = replaceBlock(after, name, content)
  after = await format(after, { ...(await resolveConfig(file)), filepath: file })
  if (after === before) return
  stale.push(path)
  if (!isCheck) writeFileSync(file, after)
}

/** A package's table, by the names under which packages export theirs. */
async function tableOf(folder: string): Promise<InstrumentTable> {
  const module = (await import(join(workspaceRoot, folder, 'dist/index.js'))) as Record<string, unknown>
  const table = module['instruments'] ?? module['selfInstruments']
  if (table === undefined) throw new Error(`${folder} exports no instrument table`)
  return table as InstrumentTable
}
