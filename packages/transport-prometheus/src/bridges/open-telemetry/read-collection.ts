import type { ExponentialTotals, HistogramTotals } from '@tidegauge/core'
import type { SourceFamily, SourceKind, SourcePoint } from '../source-family.js'
import type { LabelTranslator } from './label-translator.js'
import {
  DELTA,
  pointTypes,
  type OtelExponentialHistogram,
  type OtelHistogram,
  type OtelMetric,
  type OtelScopeMetrics,
} from './otel-metrics.js'
import { translateName } from './translate-name.js'

/** The default of core and of the SDK. */
const DEFAULT_MAX_BUCKETS = 160

/** What was collected, under the names of Prometheus. */
export interface ReadCollection {
  readonly families: readonly SourceFamily[]
  /** Metrics that cannot be converted, with the reason for the log. */
  readonly unsupported: readonly { readonly name: string; readonly why: string }[]
}

interface MutableFamily extends SourceFamily {
  readonly points: SourcePoint[]
  maxBuckets?: number
}

/**
 * Converts collected metrics to families. Metrics of several scopes with the same name and kind become one family; its
 * series differ in the labels of their scopes.
 */
export function readCollection(
  scopes: readonly OtelScopeMetrics[],
  labels: LabelTranslator,
  scopeLabels: 'on' | 'off',
): ReadCollection {
  const families = new Map<string, MutableFamily>()
  const unsupported: { name: string; why: string }[] = []
  for (const { scope, metrics } of scopes) {
    const extra = scopeLabels === 'on' ? labelsOfScope(scope) : {}
    for (const metric of metrics) {
      const kind = kindOf(metric)
      const family = kind === undefined ? undefined : familyOf(metric, kind)
      if (family === undefined || isDelta(metric))
        unsupported.push({ name: metric.descriptor.name, why: whyNot(metric, kind) })
      else
        addPoints(familyIn(families, family), metric, (attributes) =>
          labels.labels(attributes, family.kind, extra),
        )
    }
  }
  return { families: [...families.values()], unsupported }
}

/** The temporality of a gauge does not matter: it is always the latest value. */
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

/** A sum that can fall is a gauge in Prometheus. */
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
): MutableFamily | undefined {
  const nameKind =
    kind === 'counter' ? 'monotonic_sum' : dataPointType === pointTypes.gauge ? 'gauge' : 'other'
  const { name, unit } = translateName({ name: descriptor.name, unit: descriptor.unit, kind: nameKind })
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

/** The family of this name and kind. Two kinds of one name stay two families; the recorder uses the first. */
function familyIn(families: Map<string, MutableFamily>, family: MutableFamily): MutableFamily {
  const key = `${family.kind} ${family.name}`
  const existing = families.get(key)
  if (existing !== undefined) return existing
  families.set(key, family)
  return family
}

function addPoints(
  family: MutableFamily,
  { dataPoints }: OtelMetric,
  labelsOf: (attributes: Readonly<Record<string, unknown>>) => Record<string, string>,
): void {
  for (const { attributes, value } of dataPoints) {
    const labels = labelsOf(attributes)
    if (family.kind === 'histogram') family.points.push({ labels, value: histogram(value as OtelHistogram) })
    else if (family.kind === 'exponential_histogram') {
      const totals = exponential(value as OtelExponentialHistogram)
      family.maxBuckets = Math.max(family.maxBuckets ?? DEFAULT_MAX_BUCKETS, bucketsFor(totals))
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

/** As many buckets as the source has, so that the scale stays the same; a power of two, so that it rarely changes. */
function bucketsFor({ positive, negative }: ExponentialTotals): number {
  const buckets = Math.max(positive.counts.length, negative.counts.length)
  return buckets <= DEFAULT_MAX_BUCKETS ? DEFAULT_MAX_BUCKETS : 2 ** Math.ceil(Math.log2(buckets))
}

function whyNot({ descriptor, dataPointType }: OtelMetric, kind: SourceKind | undefined): string {
  if (kind === undefined) return `its data point type ${dataPointType} is not supported`
  if (translateName({ name: descriptor.name, unit: '', kind: 'other' }).name === '')
    return 'its name has no character that Prometheus allows'
  return 'its temporality is delta, expected cumulative; set that in the reader of the option `producer`'
}
