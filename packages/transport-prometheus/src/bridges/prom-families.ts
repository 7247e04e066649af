import type { HistogramTotals, SourceExemplar, SummaryTotals } from '@tidegauge/core'
import { groupSamples, type SampleGroup } from './group-samples.js'
import type { PromMetric, PromSample } from './prom-registry.js'
import type { SourceFamily, SourcePoint } from './source-family.js'

/** A metric as core can take it, and how many of its series are left out. */
export interface ReadMetric {
  readonly family: SourceFamily | undefined
  /** Series that came more than once. */
  readonly duplicate: number
  /** Series that did not come whole. */
  readonly malformed: number
}

/**
 * Reads one metric of a registry. Undefined is a distribution that has no series yet, whose bounds nobody can know.
 *
 * A registry that writes OpenMetrics cuts `_total` off a counter's name when it is first scraped, and puts it on the
 * sample: such a counter is always called by its sample's name here.
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
      return whole({ ...base, kind: 'gauge', points: values as readonly SourcePoint[] })
    case 'counter': {
      const full = format === 'openmetrics' ? `${name.replace(/_total$/, '')}_total` : name
      return whole({ ...base, name: full, kind: 'counter', points: values.map(counterPoint) })
    }
    case 'histogram':
      return values.length === 0 ? whole(undefined) : readHistogram(base, values)
    case 'summary':
      return values.length === 0 ? whole(undefined) : readSummary(base, values)
    default:
      return 'unsupported'
  }
}

function whole(family: SourceFamily | undefined): ReadMetric {
  return { family, duplicate: 0, malformed: 0 }
}

function told(family: SourceFamily, groups: readonly SampleGroup[]): ReadMetric {
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
  const edges = new Set(groups.flatMap(({ parts }) => [...parts.keys()]))
  // an upper bound of Infinity that was given as one says the same as +Inf
  const bounds = [...edges].map(Number).filter(Number.isFinite).sort(ascending)
  const points = groups.flatMap((group) => {
    const value = histogramTotals(group, bounds)
    return value === undefined ? [] : [{ labels: group.labels, value }]
  })
  return told({ ...base, kind: 'histogram', bounds, points }, groups)
}

/** Cumulative counts taken apart; undefined when one is missing, or smaller than the one before. */
function histogramTotals(
  { parts, sum }: SampleGroup,
  bounds: readonly number[],
): HistogramTotals | undefined {
  const samples = [...bounds.map(String), '+Inf'].map((edge) => parts.get(edge))
  if (sum === undefined || !samples.every((sample) => sample !== undefined)) return undefined
  const buckets = samples.map(({ value }, i) => value - (samples[i - 1]?.value ?? 0))
  if (buckets.some((count) => count < 0)) return undefined
  const hasExemplars = samples.some(({ exemplar }) => exemplar !== undefined && exemplar !== null)
  return { bounds, buckets, sum, ...(hasExemplars && { exemplars: samples.map(exemplarOf) }) }
}

function readSummary(base: Base, samples: readonly PromSample[]): ReadMetric {
  const groups = groupSamples(base.name, samples, 'quantile')
  const quantiles = [...new Set(groups.flatMap(({ parts }) => [...parts.keys()]))].map(Number).sort(ascending)
  const points = groups.flatMap((group) => {
    const value = summaryTotals(group, quantiles)
    return value === undefined ? [] : [{ labels: group.labels, value }]
  })
  return told({ ...base, kind: 'summary', quantiles, points }, groups)
}

function summaryTotals(
  { parts, sum, count }: SampleGroup,
  quantiles: readonly number[],
): SummaryTotals | undefined {
  const values = quantiles.map((quantile) => parts.get(String(quantile))?.value)
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
