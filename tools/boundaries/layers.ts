import type { Graph, Project } from '../workspace/graph.ts'

/** Which layer a project is in, by its folder: a tag could be wrong. */
export type Layer = 'core' | 'attach' | 'testkit' | 'transport' | 'plugin' | 'workshop'

const folders: readonly (readonly [RegExp, Layer])[] = [
  [/^packages\/core$/, 'core'],
  [/^packages\/attach$/, 'attach'],
  [/^packages\/testkit$/, 'testkit'],
  [/^packages\/transport-[a-z0-9-]+$/, 'transport'],
  [/^packages\/plugin-[a-z0-9-]+$/, 'plugin'],
  [/^(examples\/[a-z0-9-]+|bench|tools)$/, 'workshop'],
]

/** What each layer may import. Tests use testkit as a devDependency. */
const allowed: Readonly<Record<Layer, readonly Layer[]>> = {
  core: [],
  attach: ['core', 'testkit'],
  testkit: ['core', 'attach'],
  transport: ['core', 'testkit'],
  plugin: ['core', 'attach', 'testkit'],
  workshop: ['core', 'attach', 'testkit', 'transport', 'plugin', 'workshop'],
}

export function layerOf(folder: string): Layer | undefined {
  return folders.find(([pattern]) => pattern.test(folder))?.[1]
}

/** Everything about a graph that breaks the rules, one sentence each. */
export function issuesOf({ projects, edges }: Graph): string[] {
  const byName = new Map(projects.map((project) => [project.name, project]))
  return [
    ...projects.flatMap(issuesOfProject),
    ...(edges.length === 0 ? ['the graph has no edges: Nx did not read the imports'] : []),
    ...edges.flatMap(({ from, to }) => issuesOfEdge(byName.get(from)!, byName.get(to)!)),
  ]
}

function issuesOfProject({ folder, manifest }: Project): string[] {
  const layer = layerOf(folder)
  if (layer === undefined) return [`${folder} belongs to no layer: rename it, or add a layer`]
  const dependencies = Object.keys(manifest.dependencies ?? {})
  if (layer === 'core' && dependencies.length > 0)
    return [`${folder} has dependencies: ${dependencies.join(', ')}`]
  const testkit = layer !== 'workshop' && dependencies.includes('@tidegauge/testkit')
  return testkit ? [`${folder} depends on testkit, which is for devDependencies only`] : []
}

function issuesOfEdge(from: Project, to: Project): string[] {
  const [fromLayer, toLayer] = [layerOf(from.folder), layerOf(to.folder)]
  if (fromLayer === undefined || toLayer === undefined || allowed[fromLayer].includes(toLayer)) return []
  return [
    `${from.folder} imports ${to.folder}: a ${fromLayer} may import ${allowed[fromLayer].join(', ') || 'nothing'}`,
  ]
}
