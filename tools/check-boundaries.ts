/** Fails on an import that the architecture forbids: `node tools/check-boundaries.ts [FOLDER]`. */
import { faultsOf } from './boundaries/layers.ts'
import { readGraph } from './workspace/graph.ts'

const graph = await readGraph(process.argv[2])
const faults = faultsOf(graph)
for (const fault of faults) console.error(fault)
if (faults.length === 0)
  console.log(`${graph.projects.length} projects, ${graph.edges.length} imports between them, all allowed`)
process.exitCode = faults.length === 0 ? 0 : 1
