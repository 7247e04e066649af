import type { StreamLike, TransportConnectionLike } from '../node/shapes.js'

/**
 * The `Metrics` interface of `@libp2p/interface` 3 as shapes of our own: what has them can be passed to
 * `createLibp2p`, and what `prometheusMetrics()` and its like return has them, without libp2p's types being
 * installed.
 */

/** Ends a stopwatch. */
export type StopTimer = () => void

/** Values by the value of a group's label. */
export type GroupValues = Readonly<Partial<Record<string, number>>>

/** Steps by the value of a group's label; `true` stands for one. */
export type GroupSteps = Readonly<Partial<Record<string, number | true>>>

/** What a module says of the metric that it registers. */
export interface MetricOptionsLike {
  readonly label?: string
  readonly help?: string
  readonly buckets?: number[]
  readonly percentiles?: number[]
  readonly maxAgeSeconds?: number
  readonly calculate?: () => unknown
}

export interface CounterLike {
  increment(value?: number): void
  reset(): void
}

export interface GaugeLike extends CounterLike {
  update(value: number): void
  decrement(value?: number): void
  timer(): StopTimer
}

export interface DistributionLike {
  observe(value: number): void
  reset(): void
  timer(): StopTimer
}

export interface CounterGroupLike {
  increment(values: GroupSteps): void
  reset(): void
}

export interface GaugeGroupLike extends CounterGroupLike {
  update(values: GroupValues): void
  decrement(values: GroupSteps): void
  timer(key: string): StopTimer
}

export interface DistributionGroupLike {
  observe(values: GroupValues): void
  reset(): void
  timer(key: string): StopTimer
}

/** An implementation of libp2p's `Metrics`. */
export interface MetricsLike {
  trackMultiaddrConnection(connection: TransportConnectionLike): void
  trackProtocolStream(stream: StreamLike): void
  registerMetric(name: string, options?: MetricOptionsLike): GaugeLike
  registerMetricGroup(name: string, options?: MetricOptionsLike): GaugeGroupLike
  registerCounter(name: string, options?: MetricOptionsLike): CounterLike
  registerCounterGroup(name: string, options?: MetricOptionsLike): CounterGroupLike
  registerHistogram(name: string, options?: MetricOptionsLike): DistributionLike
  registerHistogramGroup(name: string, options?: MetricOptionsLike): DistributionGroupLike
  registerSummary(name: string, options?: MetricOptionsLike): DistributionLike
  registerSummaryGroup(name: string, options?: MetricOptionsLike): DistributionGroupLike
  createTrace(): unknown
  traceFunction<F extends (...args: never[]) => unknown>(name: string, fn: F, options?: object): F
}

/** What `createLibp2p({ metrics })` takes: called with the node's components, returns its metrics. */
export type MetricsFactory = (components: unknown) => MetricsLike

/** What makes an implementation to forward to: `prometheusMetrics()`, for one. */
export type ForwardFactory = (components: never) => MetricsLike
