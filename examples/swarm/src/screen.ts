import { styleText } from 'node:util'
import type { HostDescription } from '@tidegauge/core'

/** What the screen shows of one measured node. */
export interface NodeFigures {
  readonly name: string
  readonly connections: number
  readonly streamsOpened: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly rateIn: number
  readonly rateOut: number
  readonly blocksIn: number
  readonly blocksOut: number
  /** Bytes that went to the peer that owes most. */
  readonly largestDebt: number
  readonly advertised: number
  readonly namesRefreshed: number
  readonly namesFailed: number
}

/** A few lines that are drawn over and over on a terminal, and now and then elsewhere. */
export class Screen {
  readonly #isTerminal = process.stdout.isTTY === true
  #drawn = 0
  #turns = 0

  /** Says once where to look. */
  welcome(url: string, { plugins }: HostDescription): void {
    const origin = new URL(url).origin
    const names = [...new Set(plugins.map(({ name }) => name))]
    const nodes = [...new Set(plugins.flatMap(({ labels }) => Object.values(labels)))]
    this.#print(
      '',
      styleText('bold', 'Five Helia nodes share files on loopback; two of them are measured by Tidegauge.'),
      '',
      `  metrics   ${styleText('cyan', url)}`,
      `  health    ${styleText('cyan', `${origin}/health`)}`,
      `  overview  ${styleText('cyan', origin)}`,
      '',
      `  plugins   ${names.join(', ')}, on ${nodes.join(', ')}`,
      `  stop      Ctrl-C`,
      '',
    )
  }

  draw(figures: readonly NodeFigures[], hermit: NodeFigures, failures: number, series: number): void {
    this.#turns++
    if (!this.#isTerminal && this.#turns % 10 !== 1) return
    const lines = [
      styleText('dim', 'node     connections  streams opened        in       out      in/s     out/s'),
      ...figures.map(trafficRow),
      '',
      styleText('dim', 'node       blocks in  blocks out  largest debt  advertised  names refreshed  failed'),
      ...[...figures, hermit].map(contentRow),
      '',
      styleText('dim', `${series} series; ${failures} attempts failed, as some are meant to`),
    ]
    if (this.#isTerminal && this.#drawn > 0) process.stdout.write(`\u001B[${this.#drawn}A\u001B[0J`)
    this.#print(...lines)
    this.#drawn = lines.length
  }

  farewell(): void {
    this.#print('', 'Stopping: last flush, then everything that was opened is closed.')
  }

  #print(...lines: readonly string[]): void {
    process.stdout.write(`${lines.join('\n')}\n`)
  }
}

function trafficRow(of: NodeFigures): string {
  const bytes = [of.bytesIn, of.bytesOut, of.rateIn, of.rateOut].map(formatBytes)
  return row(of.name, [
    [String(of.connections), 11],
    [String(of.streamsOpened), 15],
    ...bytes.map((text): [string, number] => [text, 10]),
  ])
}

function contentRow(of: NodeFigures): string {
  return row(of.name, [
    [String(of.blocksIn), 11],
    [String(of.blocksOut), 12],
    [formatBytes(of.largestDebt), 14],
    [String(of.advertised), 12],
    [String(of.namesRefreshed), 17],
    [String(of.namesFailed), 8],
  ])
}

/** The name, and cells that end at their widths. */
function row(name: string, cells: readonly (readonly [text: string, width: number])[]): string {
  return styleText('bold', name.padEnd(9)) + cells.map(([text, width]) => text.padStart(width)).join('')
}

function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${Math.round(bytes)} B`
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}
