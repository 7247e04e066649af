import { figure, ratio, table } from '../report/markdown.ts'
import { median, measureInProcess } from '../report/processes.ts'
import { cases } from './workload.ts'

type Figures = Record<string, { ns: number; bytes: number }>

const names = ['tidegauge', '@prometheus-io/client', 'prom-client', 'opentelemetry', 'limit'] as const

/** No collection falls into the counting of bytes. */
const wholeSemiSpace = ['--min-semi-space-size=64', '--max-semi-space-size=64']

/** ns per call (bytes allocated per call); every contender in processes of its own, taking turns. */
export async function recordingTable(processes: number): Promise<string> {
  const results = new Map<string, Figures[]>(names.map((name) => [name, []]))
  for (let i = 0; i < processes; i++)
    for (const name of names) {
      const figures = await measureInProcess<Figures>('recording/measure.ts', [name], {
        flags: wholeSemiSpace,
      })
      if (figures !== undefined) results.get(name)!.push(figures)
    }
  const cell = (name: string, row: string) => {
    const some = results.get(name)!.filter((figures) => figures[row] !== undefined)
    if (some.length === 0) return undefined
    return { ns: median(some.map((f) => f[row].ns)), bytes: median(some.map((f) => f[row].bytes)) }
  }
  const rows = cases.map((row) => {
    const cells = names.map((name) => cell(name, row))
    const texts = cells.map((one) =>
      one === undefined ? '–' : `${figure(one.ns)} (${Math.round(one.bytes)})`,
    )
    return [row, ...texts, ratio(cells[1]?.ns, cells[0]?.ns)]
  })
  return table(['ns per call (bytes)', ...names, '@prometheus-io/client ÷ tidegauge'], rows)
}
