/** The workspace as Nx sees it: its projects, and which imports which. */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const workspaceRoot = fileURLToPath(new URL('../..', import.meta.url))

export interface Project {
  readonly name: string
  /** Its folder from the root, such as `packages/core`. */
  readonly folder: string
  readonly manifest: {
    readonly description?: string
    readonly dependencies?: Readonly<Record<string, string>>
  }
}

export interface Graph {
  readonly projects: readonly Project[]
  readonly edges: readonly { readonly from: string; readonly to: string }[]
}

/** Reads the graph of a workspace. Throws when Nx fails, or isn't set up to read imports from source files. */
export async function readGraph(root = workspaceRoot): Promise<Graph> {
  const settings = readJson(join(root, 'nx.json')) as {
    pluginsConfig?: Record<string, { analyzeSourceFiles?: boolean }>
  }
  if (settings.pluginsConfig?.['@nx/js']?.analyzeSourceFiles !== true)
    throw new Error(
      'nx.json: pluginsConfig["@nx/js"].analyzeSourceFiles must be true, or Nx sees manifests only',
    )
  const nx = join(workspaceRoot, 'node_modules/nx/dist/bin/nx.js')
  const entry = existsSync(nx) ? nx : join(workspaceRoot, 'node_modules/.bin/nx')
  // a folder of its own: two graphs that are read at once would take each other's cache away
  const data = mkdtempSync(join(tmpdir(), 'tidegauge-graph-'))
  const env = {
    ...process.env,
    NX_DAEMON: 'false',
    NX_CACHE_PROJECT_GRAPH: 'false',
    NX_NO_CLOUD: 'true',
    NX_WORKSPACE_DATA_DIRECTORY: data,
  }
  const options = { cwd: root, env, maxBuffer: 64 * 2 ** 20 }
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [entry, 'graph', '--print'],
    options,
  ).finally(() => rmSync(data, { recursive: true, force: true }))
  const { graph } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
    graph: {
      nodes: Record<string, { data: { root: string } }>
      dependencies: Record<string, { source: string; target: string }[]>
    }
  }
  const projects = Object.entries(graph.nodes).map(([name, { data }]) => ({
    name,
    folder: data.root,
    manifest: readJson(join(root, data.root, 'package.json')) as Project['manifest'],
  }))
  const known = new Set(projects.map(({ name }) => name))
  const edges = Object.values(graph.dependencies)
    .flat()
    .filter(({ target }) => known.has(target))
    .map(({ source, target }) => ({ from: source, to: target }))
  return { projects: projects.sort((a, b) => (a.folder < b.folder ? -1 : 1)), edges }
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}
