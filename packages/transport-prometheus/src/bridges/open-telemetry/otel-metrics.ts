/**
 * One metric that OpenTelemetry's metrics SDK collected, as far as the bridge reads it.
 *
 * Source: `@opentelemetry/sdk-metrics`, `export/MetricData`; its enums are numbers.
 */
export interface OtelMetric {
  readonly descriptor: { readonly name: string; readonly description: string; readonly unit: string }
  /** One of {@link DELTA} and {@link CUMULATIVE}. */
  readonly aggregationTemporality: number
  /** One of {@link pointTypes}. */
  readonly dataPointType: number
  /** Only of a sum. */
  readonly isMonotonic?: boolean
  readonly dataPoints: readonly OtelPoint[]
}

/** One series. */
export interface OtelPoint {
  readonly attributes: Readonly<Record<string, unknown>>
  /** A number, an {@link OtelHistogram} or an {@link OtelExponentialHistogram}. */
  readonly value: unknown
}

/** A histogram with explicit bounds. */
export interface OtelHistogram {
  readonly buckets: { readonly boundaries: readonly number[]; readonly counts: readonly number[] }
  readonly sum?: number
}

interface OtelBucketRun {
  readonly offset: number
  readonly bucketCounts: readonly number[]
}

/** An exponential histogram. */
export interface OtelExponentialHistogram {
  readonly scale: number
  readonly zeroCount: number
  readonly positive: OtelBucketRun
  readonly negative: OtelBucketRun
  readonly sum?: number
}

/** The metrics of one instrumentation scope. */
export interface OtelScopeMetrics {
  readonly scope: { readonly name: string; readonly version?: string; readonly schemaUrl?: string }
  readonly metrics: readonly OtelMetric[]
}

/** The result of one collection. */
export interface OtelCollection {
  readonly resourceMetrics: { readonly scopeMetrics: readonly OtelScopeMetrics[] }
  /** What callbacks threw; the other metrics were collected. */
  readonly errors: readonly unknown[]
}

/** What a `MeterProvider` gives its readers, or any other object that collects. */
export interface OtelMetricProducer {
  collect(options?: { timeoutMillis?: number }): Promise<OtelCollection>
}

/** The temporality of values since the last collection. */
export const DELTA = 0
/** The temporality of values since the start. */
export const CUMULATIVE = 1

/** The values of {@link OtelMetric.dataPointType}. */
export const pointTypes = { histogram: 0, exponentialHistogram: 1, gauge: 2, sum: 3 } as const
