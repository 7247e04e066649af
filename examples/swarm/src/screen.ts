import { styleText } from 'node:util'
import type { HostDescription } from '@tidegauge/core'
import { createLogUpdate } from 'log-update'
import { contentTable, trafficTable, type NodeValues } from './tables.js'

/** Where the screen is drawn: a terminal, or a file or pipe, which gets the tables now and then. */
export type ScreenStream = NodeJS.WritableStream & { readonly isTTY?: boolean }

/** How often the tables go to a stream that is not a terminal. */
const TURNS_PER_PRINT = 10

/** The addresses, printed once, and below them the tables, redrawn every second. Fits a terminal of 80 by 24. */
export class Screen {
  readonly #stream: ScreenStream
  readonly #redraw: ((text: string) => void) & { done(): void }
  #turns = 0

  constructor(stream: ScreenStream = process.stdout) {
    this.#stream = stream
    this.#redraw = createLogUpdate(stream)
  }

  /** Says once where to look. */
  welcome(url: string, { plugins }: HostDescription): void {
    const { origin } = new URL(url)
    const names = [...new Set(plugins.map(({ name }) => name))]
    const nodes = [...new Set(plugins.flatMap(({ labels }) => Object.values(labels)))]
    this.#print(
      styleText('bold', 'Five Helia nodes share files on loopback; Tidegauge measures two of them.'),
      '',
      `  metrics   ${styleText('cyan', url)}`,
      `  health    ${styleText('cyan', `${origin}/health`)}`,
      `  overview  ${styleText('cyan', origin)}`,
      `  plugins   ${names.join(', ')}, on ${nodes.join(', ')}`,
      `  stop      Ctrl-C`,
      '',
    )
  }

  /** Draws the tables of the measured nodes, and of one that only keeps a name. */
  draw(nodes: readonly NodeValues[], hermit: NodeValues, failures: number, series: number): void {
    this.#turns++
    const isTerminal = this.#stream.isTTY === true
    if (!isTerminal && this.#turns % TURNS_PER_PRINT !== 1) return
    const lines = [
      ...trafficTable(nodes),
      '',
      ...contentTable([...nodes, hermit]),
      '',
      styleText('dim', `${series} series; ${failures} attempts failed, as some are meant to`),
    ]
    if (isTerminal) this.#redraw(lines.join('\n'))
    else this.#print(...lines)
  }

  farewell(): void {
    this.#redraw.done()
    this.#print('', 'Stopping: last flush, then everything that was opened is closed.')
  }

  #print(...lines: readonly string[]): void {
    this.#stream.write(`${lines.join('\n')}\n`)
  }
}
