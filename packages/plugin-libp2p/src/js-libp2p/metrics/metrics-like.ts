/**
 * The `Metrics` interface of `@libp2p/interface` 3 as types of our own, so that libp2p's need not be installed. An
 * object of this type can be passed to `createLibp2p`, and `prometheusMetrics()` and its like return one.
 */
import type { StreamLike, TransportConnectionLike } from '../shapes.js'

/** Stops a timer. */
export type StopTimer = () => void

/** Values by the value of a group's label. */
export type GroupValues = Readonly<Partial<Record<string, number>>>

/** Steps by the value of a group's label; `true` is a step of one. */
export type GroupSteps = Readonly<Partial<Record<string, number | true>>>

/** What a module passes when it registers a metric. */
export interface MetricOptionsLike {
  readonly label?: string
  readonly help?: string
  readonly buckets?: number[]
  readonly percentiles?: number[]
  readonly maxAgeSeconds?: number
  readonly calculate?: () => unknown
}

/** A metric: `V` is what it is set to, `S` a step of it, `K` what starts a timer. */
interface HandleLike<V, S, K extends string[]> {
  update(value: V): void
  increment(step?: S): void
  decrement(step?: S): void
  observe(value: V): void
  reset(): void
  timer(...key: K): StopTimer
}

type Single = HandleLike<number, number, []>
type Group = HandleLike<GroupValues, GroupSteps, [key: string]>
type Gauge<H extends Single | Group> = Omit<H, 'observe'>
type Counter<H extends Single | Group> = Pick<H, 'increment' | 'reset'>
type Distribution<H extends Single | Group> = Pick<H, 'observe' | 'reset' | 'timer'>

/** An implementation of libp2p's `Metrics`. */
export interface MetricsLike {
  trackMultiaddrConnection(connection: TransportConnectionLike): void
  trackProtocolStream(stream: StreamLike): void
  registerMetric(name: string, options?: MetricOptionsLike): Gauge<Single>
  registerMetricGroup(name: string, options?: MetricOptionsLike): Gauge<Group>
  registerCounter(name: string, options?: MetricOptionsLike): Counter<Single>
  registerCounterGroup(name: string, options?: MetricOptionsLike): Counter<Group>
  registerHistogram(name: string, options?: MetricOptionsLike): Distribution<Single>
  registerHistogramGroup(name: string, options?: MetricOptionsLike): Distribution<Group>
  registerSummary(name: string, options?: MetricOptionsLike): Distribution<Single>
  registerSummaryGroup(name: string, options?: MetricOptionsLike): Distribution<Group>
  createTrace(): unknown
  traceFunction<F extends (...args: never[]) => unknown>(name: string, fn: F, options?: object): F
}

/** What `createLibp2p({ metrics })` takes: is called with the node's components, and returns its metrics. */
export type MetricsFactory = (components: unknown) => MetricsLike

/** Creates an implementation to forward to, such as `prometheusMetrics()`. */
export type ForwardFactory = (components: never) => MetricsLike
