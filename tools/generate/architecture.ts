import type { Graph } from '../workspace/graph.ts'

/** The workspace's folders, one line each. */
export function folderTree({ projects }: Graph): string {
  const width = Math.max(...projects.map(({ folder }) => folder.length)) + 2
  const lines = projects.map(({ folder, manifest }) =>
    `${folder.padEnd(width)}${manifest.description ?? ''}`.trimEnd(),
  )
  const rest: [string, string][] = [
    ['tools', 'what `npm start` and `npm test` run, generators and checks'],
    ['docs', 'error codes, decisions, the glossary, how to write a plugin'],
  ]
  return ['```', ...lines, ...rest.map(([folder, text]) => folder.padEnd(width) + text), '```'].join('\n')
}

/** Who imports whom, as a Mermaid diagram. */
export function diagram({ projects, edges }: Graph): string {
  const short = (name: string) => name.replace('@tidegauge/', '')
  const shown = projects.filter(({ folder }) => folder.startsWith('packages/'))
  const names = new Set(shown.map(({ name }) => name))
  const arrows = edges.filter(({ from, to }) => names.has(from) && names.has(to) && short(to) !== 'testkit')
  const lines = [...new Set(arrows.map(({ from, to }) => `  ${short(from)} --> ${short(to)}`))].sort()
  return ['```mermaid', 'graph LR', ...lines, '```'].join('\n')
}
