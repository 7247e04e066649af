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
  for (const { size, count } of sizes)
    rows.push(...(await rowsOf(`${size} bytes`, 'libp2p/measure.ts', [size, count, rounds])))
  return table(['message', ...columnsOf('message')], rows)
}

/** CPU per stream that is opened and aborted, both ends together. */
export async function libp2pStreamsTable(rounds: number): Promise<string> {
  const rows = await rowsOf('opened and aborted', 'libp2p/measure-streams.ts', [500, rounds])
  return table(['stream', ...columnsOf('stream')], rows)
}

function columnsOf(unit: string): string[] {
  return ['metrics', `µs CPU per ${unit}`, 'more than none (median)', '(best round)', 'spread']
}

async function rowsOf(title: string, script: string, args: readonly number[]): Promise<string[][]> {
  const figures = await measureInProcess<Record<string, number>>(script, args.map(String))
  const change = (own: number | undefined, other: number | undefined) =>
    own === undefined || other === undefined ? '–' : `${((own / other - 1) * 100).toFixed(1)} %`
  return names.map((name) => {
    const spread = figures?.[`${name} spread`]
    return [
      title,
      name,
      figure(figures?.[name]),
      change(figures?.[name], figures?.['none']),
      change(figures?.[`${name} least`], figures?.['none least']),
      spread === undefined ? '–' : `${(spread * 100).toFixed(0)} %`,
    ]
  })
}
