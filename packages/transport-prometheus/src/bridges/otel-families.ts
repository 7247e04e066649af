import type { ExponentialTotals, HistogramTotals } from '@tidegauge/core'
import type { LabelTranslator } from './otel-labels.js'
import {
  DELTA,
  pointTypes,
  type OtelExponentialHistogram,
  type OtelHistogram,
  type OtelMetric,
  type OtelScopeMetrics,
} from './otel-metrics.js'
import { translateName } from './otel-names.js'
import type { SourceFamily, SourceKind, SourcePoint } from './source-family.js'

/** What was collected, by the names of Prometheus. */
export interface ReadCollection {
  readonly families: readonly SourceFamily[]
  /** Metrics that have no counterpart, with the reason in words. */
  readonly unsupported: readonly { readonly name: string; readonly why: string }[]
}

interface Growing extends SourceFamily {
  readonly points: SourcePoint[]
  maxBuckets?: number
}

/**
 * Makes families of collected metrics. Metrics of several scopes that have the same name and kind are one family,
 * whose series the scope's labels tell apart.
 */
export function readCollection(
  scopes: readonly OtelScopeMetrics[],
  labels: LabelTranslator,
  scopeLabels: 'on' | 'off',
): ReadCollection {
  const families = new Map<string, Growing>()
  const unsupported: { name: string; why: string }[] = []
  for (const { scope, metrics } of scopes) {
    const extra = scopeLabels === 'on' ? labelsOfScope(scope) : {}
    for (const metric of metrics) {
      const kind = kindOf(metric)
      const family = kind === undefined ? undefined : familyOf(metric, kind)
      if (family === undefined || isDelta(metric))
        unsupported.push({ name: metric.descriptor.name, why: whyNot(metric, kind) })
      else
        addPoints(known(families, family), metric, (attributes) =>
          labels.labels(attributes, family.kind, extra),
        )
    }
  }
  return { families: [...families.values()], unsupported }
}

/** A gauge is the latest value, whatever its temporality. */
function isDelta({ dataPointType, aggregationTemporality }: OtelMetric): boolean {
  return aggregationTemporality === DELTA && dataPointType !== pointTypes.gauge
}

function labelsOfScope({ name, version, schemaUrl }: OtelScopeMetrics['scope']): Record<string, string> {
  return {
    ...(name && { otel_scope_name: name }),
    ...(version && { otel_scope_version: version }),
    ...(schemaUrl && { otel_scope_schema_url: schemaUrl }),
  }
}

/** A sum that goes both ways is a gauge, as in Prometheus. */
function kindOf({ dataPointType, isMonotonic }: OtelMetric): SourceKind | undefined {
  switch (dataPointType) {
    case pointTypes.sum:
      return isMonotonic === true ? 'counter' : 'gauge'
    case pointTypes.gauge:
      return 'gauge'
    case pointTypes.histogram:
      return 'histogram'
    case pointTypes.exponentialHistogram:
      return 'exponential_histogram'
    default:
      return undefined
  }
}

function familyOf(
  { descriptor, dataPointType, dataPoints }: OtelMetric,
  kind: SourceKind,
): Growing | undefined {
  const named = kind === 'counter' ? 'monotonic_sum' : dataPointType === pointTypes.gauge ? 'gauge' : 'other'
  const { name, unit } = translateName({ name: descriptor.name, unit: descriptor.unit, kind: named })
  if (name === '') return undefined
  return {
    name,
    kind,
    help: descriptor.description === '' ? descriptor.name : descriptor.description,
    dottedName: descriptor.name,
    ...(unit !== '' && { unit }),
    ...(kind === 'histogram' && {
      bounds: (dataPoints[0]?.value as OtelHistogram)?.buckets.boundaries ?? [],
    }),
    labelNames: [],
    points: [],
  }
}

/** The family of this name and kind; two kinds of one name stay two, of which the recorder takes the first. */
function known(families: Map<string, Growing>, family: Growing): Growing {
  const key = `${family.kind} ${family.name}`
  const existing = families.get(key)
  if (existing !== undefined) return existing
  families.set(key, family)
  return family
}

function addPoints(
  family: Growing,
  { dataPoints }: OtelMetric,
  labelsOf: (attributes: Readonly<Record<string, unknown>>) => Record<string, string>,
): void {
  for (const { attributes, value } of dataPoints) {
    const labels = labelsOf(attributes)
    if (family.kind === 'histogram') family.points.push({ labels, value: histogram(value as OtelHistogram) })
    else if (family.kind === 'exponential_histogram') {
      const totals = exponential(value as OtelExponentialHistogram)
      family.maxBuckets = Math.max(family.maxBuckets ?? 160, bucketsFor(totals))
      family.points.push({ labels, value: totals })
    } else family.points.push({ labels, value: value as number })
  }
}

function histogram({ buckets, sum }: OtelHistogram): HistogramTotals {
  return { bounds: buckets.boundaries, buckets: buckets.counts, sum: sum ?? 0 }
}

function exponential(value: OtelExponentialHistogram): ExponentialTotals {
  const { scale, zeroCount, positive, negative, sum } = value
  return {
    scale,
    zeroCount,
    positive: { offset: positive.offset, counts: positive.bucketCounts },
    negative: { offset: negative.offset, counts: negative.bucketCounts },
    sum: sum ?? 0,
  }
}

/** As many buckets as the source keeps, so that the scale need not fall; a power of two, so that it rarely changes. */
function bucketsFor({ positive, negative }: ExponentialTotals): number {
  const most = Math.max(positive.counts.length, negative.counts.length)
  return most <= 160 ? 160 : 2 ** Math.ceil(Math.log2(most))
}

function whyNot({ descriptor, dataPointType }: OtelMetric, kind: SourceKind | undefined): string {
  if (kind === undefined) return `a data point type of ${dataPointType} has no counterpart`
  if (translateName({ name: descriptor.name, unit: '', kind: 'other' }).name === '')
    return 'nothing of the name can be kept'
  return 'its temporality is delta, expected cumulative; set it in the reader that it is collected from'
}
