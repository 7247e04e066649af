import { styleText } from 'node:util'
import type { HostDescription } from '@tidegauge/core'
import { instruments } from '@tidegauge/plugin-libp2p'

/** What the screen shows of one measured node. */
export interface NodeFigures {
  readonly name: string
  readonly connections: number
  readonly streamsOpened: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly rateIn: number
  readonly rateOut: number
}

/** A few lines that are drawn over and over on a terminal, and now and then elsewhere. */
export class Screen {
  readonly #isTerminal = process.stdout.isTTY === true
  #drawn = 0
  #turns = 0

  /** Says once where to look. */
  welcome(url: string, { plugins }: HostDescription): void {
    const origin = new URL(url).origin
    const names = plugins.map(({ name, labels }) => `${name} on ${Object.values(labels).join()}`)
    this.#print(
      '',
      styleText('bold', 'Five libp2p nodes are talking on loopback; two of them are measured by Tidegauge.'),
      '',
      `  metrics   ${styleText('cyan', url)}`,
      `  health    ${styleText('cyan', `${origin}/health`)}`,
      `  overview  ${styleText('cyan', origin)}`,
      '',
      `  plugins   ${names.join(', ')} (${Object.keys(instruments).length} instruments, and those of libp2p's modules)`,
      `  stop      Ctrl-C`,
      '',
    )
  }

  draw(figures: readonly NodeFigures[], failures: number, series: number): void {
    this.#turns++
    if (!this.#isTerminal && this.#turns % 10 !== 1) return
    const lines = [
      styleText('dim', 'node     connections  streams opened        in       out      in/s     out/s'),
      ...figures.map(rowOf),
      styleText('dim', `${series} series; ${failures} dials and streams failed, as some are meant to`),
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

function rowOf({
  name,
  connections,
  streamsOpened,
  bytesIn,
  bytesOut,
  rateIn,
  rateOut,
}: NodeFigures): string {
  const cells = [bytesIn, bytesOut, rateIn, rateOut].map((bytes) => formatBytes(bytes).padStart(9))
  return `${styleText('bold', name.padEnd(8))} ${String(connections).padStart(11)}  ${String(streamsOpened).padStart(14)} ${cells.join(' ')}`
}

function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${Math.round(bytes)} B`
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}
