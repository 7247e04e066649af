import type { HistogramTotals, SourceExemplar, SummaryTotals } from '@tidegauge/core'
import { groupSamples, type SampleGroup } from './group-samples.js'
import type { PromMetric, PromSample } from './prom-registry.js'
import type { SourceFamily, SourcePoint } from '../source-family.js'

/** A metric in the form that core takes, and how many of its series are dropped. */
export interface ReadMetric {
  /** Undefined for a histogram or summary without series: its bounds or quantiles are not known yet. */
  readonly family: SourceFamily | undefined
  /** Series that came more than once. */
  readonly duplicate: number
  /** Series that were incomplete. */
  readonly malformed: number
}

/**
 * Reads one metric of a registry.
 *
 * At its first scrape, a registry that writes OpenMetrics moves `_total` from a counter's name to its samples. Here
 * such a counter always has the name of its samples.
 */
export function readMetric(
  metric: PromMetric,
  labelNames: readonly string[],
  format: 'text' | 'openmetrics',
): ReadMetric | 'unsupported' {
  const { name, help, values = [] } = metric
  const base = { name, help, labelNames }
  switch (metric.type) {
    case 'gauge':
      return complete({ ...base, kind: 'gauge', points: values as readonly SourcePoint[] })
    case 'counter': {
      const fullName = format === 'openmetrics' ? `${name.replace(/_total$/, '')}_total` : name
      return complete({ ...base, name: fullName, kind: 'counter', points: values.map(counterPoint) })
    }
    case 'histogram':
      return values.length === 0 ? complete(undefined) : readHistogram(base, values)
    case 'summary':
      return values.length === 0 ? complete(undefined) : readSummary(base, values)
    default:
      return 'unsupported'
  }
}

function complete(family: SourceFamily | undefined): ReadMetric {
  return { family, duplicate: 0, malformed: 0 }
}

function withLosses(family: SourceFamily, groups: readonly SampleGroup[]): ReadMetric {
  const duplicate = groups.reduce((sum, { repeats }) => sum + repeats, 0)
  return { family, duplicate, malformed: groups.length - family.points.length }
}

type Base = Pick<SourceFamily, 'name' | 'help' | 'labelNames'>

function counterPoint(sample: PromSample): SourcePoint {
  if (sample.exemplar === undefined || sample.exemplar === null) return sample as SourcePoint
  return { ...(sample as SourcePoint), exemplar: exemplarOf(sample) }
}

function readHistogram(base: Base, samples: readonly PromSample[]): ReadMetric {
  const groups = groupSamples(base.name, samples, 'le')
  const edges = new Set(groups.flatMap(({ byEdge }) => [...byEdge.keys()]))
  // an upper bound that was set to Infinity is the bucket +Inf
  const bounds = [...edges].map(Number).filter(Number.isFinite).sort(ascending)
  const points = groups.flatMap((group) => {
    const value = histogramTotals(group, bounds)
    return value === undefined ? [] : [{ labels: group.labels, value }]
  })
  return withLosses({ ...base, kind: 'histogram', bounds, points }, groups)
}

/** Turns cumulative counts into those of each bucket; undefined when one is missing, or smaller than the one before. */
function histogramTotals(
  { byEdge, sum }: SampleGroup,
  bounds: readonly number[],
): HistogramTotals | undefined {
  const samples = [...bounds.map(String), '+Inf'].map((edge) => byEdge.get(edge))
  if (sum === undefined || !samples.every((sample) => sample !== undefined)) return undefined
  const buckets = samples.map(({ value }, i) => value - (samples[i - 1]?.value ?? 0))
  if (buckets.some((count) => count < 0)) return undefined
  const hasExemplars = samples.some(({ exemplar }) => exemplar !== undefined && exemplar !== null)
  return { bounds, buckets, sum, ...(hasExemplars && { exemplars: samples.map(exemplarOf) }) }
}

function readSummary(base: Base, samples: readonly PromSample[]): ReadMetric {
  const groups = groupSamples(base.name, samples, 'quantile')
  const quantiles = [...new Set(groups.flatMap(({ byEdge }) => [...byEdge.keys()]))]
    .map(Number)
    .sort(ascending)
  const points = groups.flatMap((group) => {
    const value = summaryTotals(group, quantiles)
    return value === undefined ? [] : [{ labels: group.labels, value }]
  })
  return withLosses({ ...base, kind: 'summary', quantiles, points }, groups)
}

function summaryTotals(
  { byEdge, sum, count }: SampleGroup,
  quantiles: readonly number[],
): SummaryTotals | undefined {
  const values = quantiles.map((quantile) => byEdge.get(String(quantile))?.value)
  if (sum === undefined || count === undefined || !values.every((value) => value !== undefined))
    return undefined
  return { quantiles: values, sum, count }
}

/** Source: `lib/exemplar.js` of both libraries: `labelSet`, `value`, and `timestamp` in seconds. */
function exemplarOf({ exemplar }: PromSample): SourceExemplar | undefined {
  const given = exemplar as { labelSet?: object; value?: unknown; timestamp?: unknown } | null | undefined
  if (typeof given?.value !== 'number') return undefined
  const labels = Object.fromEntries(Object.entries(given.labelSet ?? {}).map(([k, v]) => [k, String(v)]))
  const { timestamp } = given
  return { labels, value: given.value, ...(typeof timestamp === 'number' && { timestampSeconds: timestamp }) }
}

function ascending(a: number, b: number): number {
  return a - b
}
