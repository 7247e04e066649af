import { figure, table } from '../report/markdown.ts'
import { measureInProcess } from '../report/processes.ts'

type Figures = Record<string, number>

/** A collect pass over many ledgers. */
export async function ledgersTable(passes: number): Promise<string> {
  const rows: string[][] = []
  for (const peers of [100, 1_000, 10_000]) {
    const of = await measureInProcess<Figures>('bitswap/ledgers.ts', [String(peers), String(passes)])
    rows.push([String(peers), ...['took', 'tookMost', 'block', 'blockMost'].map((key) => figure(of?.[key]))])
  }
  return table(
    ['peers with ledgers', 'pass, ms (median)', '(longest)', 'loop block, ms (median)', '(longest)'],
    rows,
  )
}

/** What the plugin adds to fetching a file. */
export async function fetchTable(rounds: number): Promise<string> {
  const of = await measureInProcess<Figures>('bitswap/fetch.ts', ['100', String(rounds)])
  const percent = (ratio: number) => (Number.isNaN(ratio) ? '–' : `${((ratio - 1) * 100).toFixed(1)} %`)
  const ratio = (a: string, b: string) => (of?.[a] ?? Number.NaN) / (of?.[b] ?? Number.NaN)
  const spread = (key: string) => `${((of?.[key] ?? Number.NaN) * 100).toFixed(0)} %`
  return table(
    ['100 MB over bitswap', 'ms CPU, both nodes', 'more (median)', '(pairs)', '(best round)', 'spread'],
    [
      ['without', figure(of?.['none']), '', '', '', spread('noneSpread')],
      [
        'with the plugin on both',
        figure(of?.['ours']),
        percent(ratio('ours', 'none')),
        percent(of?.['paired'] ?? Number.NaN),
        percent(ratio('oursLeast', 'noneLeast')),
        spread('oursSpread'),
      ],
    ],
  )
}
