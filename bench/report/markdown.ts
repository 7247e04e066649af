import { cpus, totalmem } from 'node:os'

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}

/** What the figures were measured on. */
export function machine(): string {
  const memory = Math.round(totalmem() / 2 ** 30)
  return `Node.js ${process.versions.node}, ${cpus().length} × ${cpus()[0].model.trim()}, ${memory} GiB, ${process.platform} ${process.arch}`
}

/** Three significant digits, whole above a hundred. */
export function figure(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '–'
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))
}

/** How many times larger the first is. */
export function ratio(theirs: number | undefined, ours: number | undefined): string {
  return theirs === undefined || ours === undefined || ours === 0 ? '–' : `${figure(theirs / ours)}×`
}
