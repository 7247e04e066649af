/** Writes what is derived from code into the READMEs; with `--check`, fails when that would change something. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { diagram, folderTree } from './generate/architecture.ts'
import { replaceBlock } from './generate/blocks.ts'
import { fillReadme } from './generate/package-readme.ts'
import { readGraph, workspaceRoot } from './workspace/graph.ts'

const isCheck = process.argv.includes('--check')
const graph = await readGraph()
const stale: string[] = []
const failed: string[] = []

await update('README.md', (text) => {
  const withTree = replaceBlock(text, { kind: 'tree', argument: '' }, folderTree(graph))
  return replaceBlock(withTree, { kind: 'diagram', argument: '' }, diagram(graph))
})
for (const { folder } of graph.projects) {
  const readme = join(folder, 'README.md')
  if (existsSync(join(workspaceRoot, readme)))
    await update(readme, (text) => fillReadme(text, join(workspaceRoot, folder)))
}
if (stale.length > 0)
  console.error(
    isCheck
      ? `${stale.join(', ')}: not as the code has it; run \`npm run generate\` and commit`
      : `written: ${stale.join(', ')}`,
  )
for (const message of failed) console.error(message)
process.exitCode = failed.length > 0 || (isCheck && stale.length > 0) ? 1 : 0

async function update(path: string, fill: (text: string) => string | Promise<string>): Promise<void> {
  const file = join(workspaceRoot, path)
  const before = readFileSync(file, 'utf8')
  try {
    const after = await format(await fill(before), { ...(await resolveConfig(file)), filepath: file })
    if (after === before) return
    stale.push(path)
    if (!isCheck) writeFileSync(file, after)
  } catch (thrown) {
    failed.push(`${path}: ${(thrown as Error).message.replaceAll(workspaceRoot, '')}`)
  }
}
