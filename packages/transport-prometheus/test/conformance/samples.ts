import type { PlainFamily } from '@tidegauge/testkit'

/** A sample in a form that is the same for every receiver. */
export interface FlatSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/**
 * The identity of a series: labels sorted, without empty ones (which are the same as none), bounds and quantiles as
 * numbers (`1` and `1.0` are the same).
 */
export function keyOf({ name, labels }: Pick<FlatSample, 'name' | 'labels'>): string {
  const pairs = Object.entries(labels)
    .filter(([, value]) => value !== '')
    .map(([label, value]) => [label, isNumeric(name, label) ? String(parseNumber(value)) : value])
  return JSON.stringify([name, pairs.toSorted(([a], [b]) => (a! < b! ? -1 : 1))])
}

function isNumeric(name: string, label: string): boolean {
  return (label === 'le' && name.endsWith('_bucket')) || label === 'quantile'
}

/** Parses a number that Prometheus, Python or a format has written. */
export function parseNumber(text: string): number {
  return Number(
    text
      .replace(/^\+?inf$/i, 'Infinity')
      .replace(/^-inf$/i, '-Infinity')
      .replace(/^nan$/i, 'NaN'),
  )
}

/** The samples that a receiver must have. `bounds` are the bounds of classic histograms, by name. */
export function expectedSamples(
  families: readonly PlainFamily[],
  bounds: ReadonlyMap<string, readonly number[]>,
  format: 'text' | 'openmetrics' | 'protobuf',
): FlatSample[] {
  return families.flatMap((family) =>
    family.series.flatMap((one) => {
      const own = bounds.get(family.name)!
      // in OpenMetrics a sum is a counter: with a negative bound there is neither sum nor count
      const hasTotals = format !== 'openmetrics' || !own.some((bound) => bound < 0)
      const totals = new Set([`${family.name}_sum`, `${family.name}_count`])
      return samplesOf(family, one, own).filter(({ name }) => hasTotals || !totals.has(name))
    }),
  )
}

function samplesOf(
  { name, kind }: PlainFamily,
  one: PlainFamily['series'][number],
  bounds: readonly number[],
): FlatSample[] {
  const { labels } = one
  const totals = () => [
    { name: `${name}_sum`, labels, value: one.sum! },
    { name: `${name}_count`, labels, value: one.count! },
  ]
  switch (kind) {
    case 'histogram':
      return [
        ...totals(),
        ...cumulative(one.buckets!, bounds).map(([le, value]) => ({
          name: `${name}_bucket`,
          labels: { ...labels, le },
          value,
        })),
      ]
    case 'exponential_histogram':
      return [...totals(), { name: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: one.count! }]
    case 'summary':
      return totals()
    case 'state_set':
      return Object.entries(one.states!).map(([state, on]) => ({
        name,
        labels: { ...labels, [name]: state },
        value: on ? 1 : 0,
      }))
    default:
      return [{ name, labels, value: one.value! }]
  }
}

function cumulative(buckets: readonly number[], bounds: readonly number[]): [string, number][] {
  let count = 0
  return buckets.map((own, i) => [i < bounds.length ? String(bounds[i]) : '+Inf', (count += own)])
}

/**
 * Compares what a receiver has with what it should have. Returns problems: samples that are missing, different or too
 * many, and buckets whose counts fall.
 */
export function differences(expected: readonly FlatSample[], got: readonly FlatSample[]): string[] {
  const problems: string[] = []
  const byKey = new Map<string, number>()
  for (const sample of got) {
    const key = keyOf(sample)
    if (byKey.has(key)) problems.push(`twice: ${key}`)
    byKey.set(key, sample.value)
  }
  const wanted = new Set(expected.map(keyOf))
  for (const sample of expected) {
    const value = byKey.get(keyOf(sample))
    if (value === undefined) problems.push(`missing: ${keyOf(sample)}`)
    else if (!Object.is(value, sample.value) && !(value === 0 && sample.value === 0))
      problems.push(`${keyOf(sample)} is ${value}, expected ${sample.value}`)
  }
  for (const sample of got)
    if (!wanted.has(keyOf(sample)) && !('le' in sample.labels) && !('quantile' in sample.labels))
      problems.push(`too many: ${keyOf(sample)}`)
  return [...problems, ...bucketProblems(got)]
}

function bucketProblems(got: readonly FlatSample[]): string[] {
  const bySeries = new Map<string, [bound: number, count: number][]>()
  for (const { name, labels, value } of got) {
    if (!name.endsWith('_bucket') || labels['le'] === undefined) continue
    const { le, ...rest } = labels
    const key = keyOf({ name, labels: rest })
    bySeries.set(key, [...(bySeries.get(key) ?? []), [parseNumber(le), value]])
  }
  return [...bySeries].flatMap(([key, buckets]) => {
    const sorted = buckets.toSorted(([a], [b]) => a - b)
    const falls = sorted.some(([, count], i) => i > 0 && count < sorted[i - 1]![1])
    return falls ? [`buckets fall: ${key}`] : []
  })
}
