import {
  SeriesReader,
  type CollectRequest,
  type EventRecord,
  type FamilyView,
  type ReadFilter,
  type StringPool,
  type Transport,
  type TransportContext,
} from '@tidegauge/core'

/** One series as plain data. What a kind does not have is left out. */
export interface PlainSeries {
  readonly labels: Readonly<Record<string, string>>
  readonly value?: number
  /** Counts of each bucket, not cumulative, `+Inf` last. */
  readonly buckets?: readonly number[]
  readonly sum?: number
  readonly count?: number
  readonly quantiles?: readonly number[]
  readonly states?: Readonly<Record<string, boolean>>
}

export interface PlainFamily {
  readonly name: string
  readonly kind: FamilyView['kind']
  readonly help: string
  readonly unit: string | undefined
  readonly series: readonly PlainSeries[]
}

/** A transport that keeps what it is given, for tests to look at. */
export interface MemoryTransport extends Transport {
  readonly context: TransportContext
  readonly events: readonly EventRecord[]
  /** What there is to read, without collecting first. */
  read(filter?: ReadFilter): PlainFamily[]
  /** Collects, as a pull transport does, and reads. */
  scrape(request?: CollectRequest): Promise<PlainFamily[]>
  /** The one series with these labels, or undefined. */
  series(name: string, labels?: Readonly<Record<string, string>>): PlainSeries | undefined
  /** Its number, or undefined. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined
}

export function createMemoryTransport(name = 'memory'): MemoryTransport {
  let context: TransportContext | undefined
  const events: EventRecord[] = []
  const started = () => {
    if (context === undefined)
      throw new Error(`transport "${name}" has not been started: start the host first`)
    return context
  }
  const read = (filter?: ReadFilter) =>
    started()
      .read(filter)
      .map((family) => plainFamily(family, started().pool))
  const series = (family: string, labels: Readonly<Record<string, string>> = {}) =>
    read({ names: new Set([family]) })[0]?.series.find((one) => sameLabels(one.labels, labels))
  return {
    name,
    version: '0.0.0',
    apiLevel: 1,
    events,
    get context() {
      return started()
    },
    start(given) {
      context = given
      given.subscribe((record) => events.push(record))
    },
    read,
    async scrape(request) {
      await started().collect(request)
      return read()
    },
    series,
    value: (family, labels) => series(family, labels)?.value,
  }
}

function plainFamily(
  { name, kind, help, unit, instruments, upTo }: FamilyView,
  pool: StringPool,
): PlainFamily {
  const series: PlainSeries[] = []
  for (const instrument of instruments) {
    const reader = new SeriesReader(instrument, upTo)
    while (reader.next()) series.push({ labels: labelsOf(reader, pool), ...valuesOf(reader) })
  }
  return { name, kind, help, unit, series }
}

function labelsOf(reader: SeriesReader, pool: StringPool): Record<string, string> {
  const { instance, table } = reader.instrument
  const own = table.readers.map(({ name }, i) => [name, pool.text(reader.ids[reader.idsAt + i])])
  return Object.fromEntries([...Object.entries(instance.labels), ...own])
}

function valuesOf(reader: SeriesReader): Omit<PlainSeries, 'labels'> {
  const { kind, bounds, quantiles, states } = reader.instrument.definition
  const cells = [...reader.cells.subarray(reader.at, reader.at + reader.instrument.definition.cells)]
  if (kind === 'histogram') {
    const buckets = cells.slice(0, bounds.length + 1)
    return { buckets, sum: cells.at(-1)!, count: buckets.reduce((a, b) => a + b, 0) }
  }
  if (kind === 'exponential_histogram')
    return { sum: reader.exponential.sum, count: reader.exponential.count }
  if (kind === 'summary') {
    const { window } = reader
    return { quantiles: window.quantiles(quantiles), sum: window.sum, count: window.count }
  }
  if (kind === 'state_set')
    return { states: Object.fromEntries(states.map((state, i) => [state, cells[i] === 1])) }
  return { value: reader.value }
}

function sameLabels(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && a[name] === b[name])
  )
}
