/**
 * The data that OpenTelemetry's metrics SDK collects, as far as the bridge reads it.
 *
 * Source: `@opentelemetry/sdk-metrics`, `export/MetricData`; its enums are numbers.
 */
export interface OtelMetric {
  readonly descriptor: { readonly name: string; readonly description: string; readonly unit: string }
  /** 0 is delta, 1 cumulative. */
  readonly aggregationTemporality: number
  /** 0 is a histogram, 1 an exponential histogram, 2 a gauge, 3 a sum. */
  readonly dataPointType: number
  /** Of a sum. */
  readonly isMonotonic?: boolean
  readonly dataPoints: readonly OtelPoint[]
}

export interface OtelPoint {
  readonly attributes: Readonly<Record<string, unknown>>
  /** A number, or a histogram of one sort or the other. */
  readonly value: unknown
}

export interface OtelHistogram {
  readonly buckets: { readonly boundaries: readonly number[]; readonly counts: readonly number[] }
  readonly sum?: number
}

interface OtelRun {
  readonly offset: number
  readonly bucketCounts: readonly number[]
}

export interface OtelExponentialHistogram {
  readonly scale: number
  readonly zeroCount: number
  readonly positive: OtelRun
  readonly negative: OtelRun
  readonly sum?: number
}

export interface OtelScopeMetrics {
  readonly scope: { readonly name: string; readonly version?: string; readonly schemaUrl?: string }
  readonly metrics: readonly OtelMetric[]
}

export interface OtelCollection {
  readonly resourceMetrics: { readonly scopeMetrics: readonly OtelScopeMetrics[] }
  /** What single callbacks threw; the other metrics are there. */
  readonly errors: readonly unknown[]
}

/** A `MeterProvider` as its readers see it, or anything else that collects. */
export interface OtelMetricProducer {
  collect(options?: { timeoutMillis?: number }): Promise<OtelCollection>
}

export const DELTA = 0
export const CUMULATIVE = 1

export const pointTypes = { histogram: 0, exponentialHistogram: 1, gauge: 2, sum: 3 } as const
