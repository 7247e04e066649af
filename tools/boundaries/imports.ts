/** The imports between the files of one package: no circle in any, and one direction between core's folders. */
import { globSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

/** Core's folders and top-level files; each may import itself and what stands before it. */
export const coreOrder = [
  'version',
  'redact',
  'clock',
  'logger',
  'time-slice',
  'errors',
  'log-once',
  'definition',
  'storage',
  'recording',
  'registry',
  'contract',
  'host',
  'index',
] as const

/** Which files of a package each of its files imports, by paths from the workspace's root. */
export type FileGraph = ReadonlyMap<string, readonly string[]>

/** Reads the relative imports of the sources in a folder such as `packages/core`. */
export function readImports(root: string, folder: string): FileGraph {
  const files = globSync(`${folder}/src/**/*.ts`, { cwd: root }).map((file) => file.replaceAll('\\', '/'))
  return new Map(files.sort().map((file) => [file, importsOf(readFileSync(join(root, file), 'utf8'), file)]))
}

/** Everything that is wrong with the imports inside of one package, one sentence each. */
export function importIssues(folder: string, graph: FileGraph): string[] {
  return [...circlesIn(graph), ...(folder === 'packages/core' ? wrongDirections(graph) : [])]
}

function importsOf(source: string, file: string): string[] {
  const specifiers = source.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)
  return [...specifiers].map(([, specifier]) =>
    posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts'),
  )
}

function circlesIn(graph: FileGraph): string[] {
  const circles: string[] = []
  const done = new Set<string>()
  const path: string[] = []
  const visit = (file: string): void => {
    const at = path.indexOf(file)
    if (at >= 0) circles.push(`these import each other: ${[...path.slice(at), file].join(' > ')}`)
    if (at >= 0 || done.has(file)) return
    path.push(file)
    for (const next of graph.get(file) ?? []) visit(next)
    path.pop()
    done.add(file)
  }
  for (const file of graph.keys()) visit(file)
  return circles
}

function wrongDirections(graph: FileGraph): string[] {
  const issues: string[] = []
  for (const [file, imports] of graph)
    for (const imported of imports) {
      const [from, to] = [partOf(file), partOf(imported)]
      if (rankOf(from) < 0) issues.push(`${file}: "${from}" has no place in core's order, see coreOrder`)
      else if (rankOf(to) > rankOf(from))
        issues.push(`${file} imports ${imported}: ${from} stands before ${to} in core and must not need it`)
    }
  return issues
}

/** The folder or top-level file that a file of core belongs to: `storage`, `clock`. */
function partOf(file: string): string {
  return file.replace('packages/core/src/', '').split('/')[0].replace(/\.ts$/, '')
}

function rankOf(part: string): number {
  return (coreOrder as readonly string[]).indexOf(part)
}
