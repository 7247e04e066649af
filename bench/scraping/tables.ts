import { figure, ratio, table } from '../report/markdown.ts'
import { measureInProcess, medians } from '../report/processes.ts'
import type { Format, Kind } from './workload.ts'

interface Figures extends Record<string, number> {
  changedMs: number
  unchangedMs: number
  bytes: number
  bytesPerSeries: number
  httpMs: number
  blockMs: number
  memoryMb: number
}

interface Row {
  readonly label: string
  readonly kind: Kind
  readonly count: number
  readonly perPeer?: number
  readonly format?: Format
  readonly processes: number
}

const names = ['tidegauge', '@prometheus-io/client', 'prom-client', 'opentelemetry', 'limit'] as const

/** Which registries are scraped. */
export function rowsFor(isQuick: boolean): Row[] {
  const some = isQuick ? 1 : 3
  const rows: Row[] = [
    { label: '10,000 counters', kind: 'counters', count: 10_000, processes: some },
    { label: '100,000 counters', kind: 'counters', count: 100_000, processes: some },
    {
      label: '100,000 counters with fractions',
      kind: 'counters with fractions',
      count: 100_000,
      processes: some,
    },
    {
      label: '100,000 counters, each with a peer of its own',
      kind: 'counters',
      count: 100_000,
      perPeer: 1,
      processes: 1,
    },
    {
      label: '100,000 counters, ours as protobuf',
      kind: 'counters',
      count: 100_000,
      format: 'protobuf',
      processes: some,
    },
    {
      label: '10,000 exponential histograms, ours as protobuf',
      kind: 'exponential histograms',
      count: 10_000,
      format: 'protobuf',
      processes: some,
    },
    { label: '10,000 histograms of 10 bounds', kind: 'histograms', count: 10_000, processes: some },
  ]
  if (isQuick) return rows
  return [
    ...rows,
    { label: '1,000,000 counters', kind: 'counters', count: 1_000_000, processes: 1 },
    { label: '4,000,000 counters', kind: 'counters', count: 4_000_000, processes: 1 },
  ]
}

/** Time to the text, loop block, memory of a scrape over HTTP, and memory per series. */
export async function scrapingTables(rows: readonly Row[]): Promise<Record<string, string>> {
  const measured = new Map<string, Figures | undefined>()
  for (const { label, kind, count, perPeer = 20, format = 'text', processes } of rows) {
    const results = new Map<string, Figures[]>(names.map((name) => [name, []]))
    for (let i = 0; i < processes; i++)
      for (const name of names) {
        const args = [name, kind, String(count), String(perPeer), format]
        const figures = await measureInProcess<Figures>('scraping/measure.ts', args, {
          heapMb: 10_000,
          timeoutMs: 180_000,
        })
        if (figures !== undefined) results.get(name)!.push(figures)
      }
    for (const [name, some] of results)
      measured.set(`${label} ${name}`, some.length === 0 ? undefined : medians(some))
  }
  const tableOf = (head: string, key: keyof Figures, withRatio = true) => {
    const shown =
      key === 'changedMs' || key === 'unchangedMs' || key === 'bytesPerSeries' ? names : names.slice(0, 4)
    const body = rows.map(({ label }) => {
      const cells = shown.map((name) => measured.get(`${label} ${name}`)?.[key])
      const texts = cells.map((value, i) =>
        measured.get(`${label} ${shown[i]}`) === undefined ? 'failed' : figure(value),
      )
      return [label, ...texts, ...(withRatio ? [ratio(cells[1], cells[0])] : [])]
    })
    return table([head, ...shown, ...(withRatio ? ['@prometheus-io/client ÷ tidegauge'] : [])], body)
  }
  return {
    'Text ready, all series changed since the last scrape': tableOf('ms', 'changedMs'),
    'Text ready, nothing changed': tableOf('ms', 'unchangedMs'),
    'HTTP scrape to the last byte, by a client in another process': tableOf('ms', 'httpMs'),
    'Longest block of the event loop during that scrape': tableOf('ms', 'blockMs', false),
    'Peak memory over idle during that scrape': tableOf('MB', 'memoryMb', false),
    'Memory of one series': tableOf('bytes (heap and buffers)', 'bytesPerSeries'),
  }
}
