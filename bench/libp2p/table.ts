import { figure, table } from '../report/markdown.ts'
import { measureInProcess } from '../report/processes.ts'

const names = ['none', 'tidegauge', '@libp2p/prometheus-metrics'] as const
const sizes = [
  { size: 64, count: 40_000 },
  { size: 65_536, count: 3_000 },
]

/** CPU per message with no metrics, with ours, and with libp2p's own, and what each adds. */
export async function libp2pTable(rounds: number): Promise<string> {
  const rows: string[][] = []
  for (const { size, count } of sizes) {
    const args = [String(size), String(count), String(rounds)]
    const figures = await measureInProcess<Record<string, number>>('libp2p/measure.ts', args)
    const base = figures?.['none']
    const least = figures?.['none least']
    for (const name of names) {
      const value = figures?.[name]
      const change = (own: number | undefined, other: number | undefined) =>
        own === undefined || other === undefined ? '–' : `${((own / other - 1) * 100).toFixed(1)} %`
      const spread = figures?.[`${name} spread`]
      rows.push([
        `${size} bytes`,
        name,
        figure(value),
        change(value, base),
        change(figures?.[`${name} least`], least),
        spread === undefined ? '–' : `${(spread * 100).toFixed(0)} %`,
      ])
    }
  }
  return table(
    ['message', 'metrics', 'µs CPU per message', 'more than none (median)', '(best round)', 'spread'],
    rows,
  )
}
