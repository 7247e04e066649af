/** Fails on an import that the architecture forbids: `node tools/check-boundaries.ts [FOLDER]`. */
import { importIssues, readImports } from './boundaries/imports.ts'
import { issuesOf } from './boundaries/layers.ts'
import { readGraph, workspaceRoot } from './workspace/graph.ts'

const root = process.argv[2] ?? workspaceRoot
const graph = await readGraph(root)
const packages = graph.projects.map(({ folder }) => folder).filter((folder) => folder.startsWith('packages/'))
const files = packages.map((folder) => [folder, readImports(root, folder)] as const)
const issues = [...issuesOf(graph), ...files.flatMap(([folder, imports]) => importIssues(folder, imports))]
for (const issue of issues) console.error(issue)
if (issues.length === 0) {
  const count = files.reduce((sum, [, imports]) => sum + imports.size, 0)
  console.log(
    `${graph.projects.length} projects, ${graph.edges.length} imports between them, all allowed; ` +
      `${count} source files without a circle, core in one direction`,
  )
}
process.exitCode = issues.length === 0 ? 0 : 1
