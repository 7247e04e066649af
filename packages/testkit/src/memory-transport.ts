import type {
  CollectRequest,
  EventRecord,
  FamilyView,
  ReadFilter,
  SeriesReader,
  Transport,
  TransportContext,
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

/** One family as plain data. */
export interface PlainFamily {
  readonly name: string
  readonly kind: FamilyView['kind']
  readonly help: string
  readonly unit: string | undefined
  /** Names of the labels that every series has beside the constant ones. */
  readonly labels: readonly string[]
  readonly series: readonly PlainSeries[]
}

/** A transport that keeps what it is given, for tests to read. */
export interface MemoryTransport extends Transport {
  /** What the host gave it. Throws before the host has started. */
  readonly context: TransportContext
  /** Every event and activity record that it was handed, in order. */
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

/** Creates a {@link MemoryTransport}. `name` is what routes name; give two of them different ones. */
export function createMemoryTransport(name = 'memory'): MemoryTransport {
  let context: TransportContext | undefined
  const events: EventRecord[] = []
  const started = () => {
    if (context === undefined)
      throw new Error(`transport "${name}" has not been started: start the host first`)
    return context
  }
  const read = (filter?: ReadFilter) => started().read(filter).map(plainFamily)
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

function plainFamily(family: FamilyView): PlainFamily {
  const { name, kind, help, unit, labels } = family
  const series = family.series().map((one) => ({ labels: one.labels(), ...numbersOf(family, one) }))
  return { name, kind, help, unit, labels: labels.map((label) => label.name), series: series.toArray() }
}

function numbersOf({ kind, bounds, states }: FamilyView, series: SeriesReader): Omit<PlainSeries, 'labels'> {
  const totals = () => ({ sum: series.sum, count: series.count })
  switch (kind) {
    case 'histogram':
      return { buckets: [...bounds, Infinity].map((_, i) => series.bucketCount(i)), ...totals() }
    case 'exponential_histogram':
      return totals()
    case 'summary':
      return { quantiles: series.quantileValues(), ...totals() }
    case 'state_set':
      return { states: Object.fromEntries(states.map((state, i) => [state, series.isOn(i)])) }
    default:
      return { value: series.value }
  }
}

function sameLabels(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && a[name] === b[name])
  )
}
