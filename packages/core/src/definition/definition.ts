/**
 * Instruments are data first: a plugin declares a table of these once, in `metrics.ts`, and gets its typed
 * handles, its README table and its name lint from it.
 */

/** What a label's value could tell about somebody; the host decides what becomes of it (`privacy`). */
export const privacyClasses = ['peer_id', 'ip', 'address', 'cid', 'account'] as const

/** One of the {@link privacyClasses}. */
export type PrivacyClass = (typeof privacyClasses)[number]

/** One label: any string, or one of a closed list; with a privacy class where it can identify somebody. */
export interface LabelDefinition {
  /** The closed list of values. A label without it is open. */
  readonly values?: readonly string[]
  readonly privacy?: PrivacyClass
  /** The dotted name for OTLP and StatsD, such as `http.request.method`, where it differs from the label's. */
  readonly dottedName?: string
}

/** A list is short for `{ values }`; `{}` is an open label. */
export type LabelSpec = readonly string[] | LabelDefinition

/** Label names with what they may hold, in the order in which they are written. */
export type LabelSpecs = Readonly<Record<string, LabelSpec>>

interface Common {
  /** The name on the wire: `[a-zA-Z_:][a-zA-Z0-9_:]*`. */
  readonly name: string
  /** One sentence for people. */
  readonly help: string
  /** Base unit in the plural (`bytes`, `seconds`), or what is counted (`peers`). */
  readonly unit?: string
  /** The dotted name for OTLP and StatsD, where it differs from `name`. */
  readonly dottedName?: string
  readonly labels?: LabelSpecs
  /** Most series before values go to the overflow series. Default: the host's, 2,000. */
  readonly seriesLimit?: number
}

/** The kinds whose series stay unless `lifetime` says otherwise. */
interface WithLifetime extends Common {
  /**
   * `event` (default): series stay. `collect`: a series that an earlier collect pass set with `setTotal` or `setTotals`
   * pass and not in the latest, disappears, unless a view merged it from several; for sources that remove series.
   */
  readonly lifetime?: 'collect' | 'event'
}

/** A total that only grows, such as requests or bytes. A closed label set starts at zero. */
export interface CounterDefinition extends WithLifetime {
  readonly kind: 'counter'
}

/** A sum that goes up and down with what happens, such as open connections. */
export interface UpDownCounterDefinition extends Common {
  readonly kind: 'up_down_counter'
}

/** How gauges become one series when a view drops a label that told them apart. */
export const reductions = ['sum', 'max', 'min', 'mean'] as const

/** One of the {@link reductions}. */
export type Reduction = (typeof reductions)[number]

/** A current value that is read or set as a whole, such as memory in use. It has no series before its first `set`. */
export interface GaugeDefinition extends Common {
  readonly kind: 'gauge'
  /**
   * `collect` (default): a series that an earlier collect pass reported and the latest did not, disappears.
   * `event`: series stay until they are removed; for gauges that are set between passes.
   */
  readonly lifetime?: 'collect' | 'event'
  /** How series are reduced to one when a view drops a label. Default `sum`; the view may say otherwise. */
  readonly reduce?: Reduction
}

/**
 * A distribution of values, such as sizes, over bounds that you know. They are inclusive at the top, as in Prometheus
 * and OTLP.
 */
export interface HistogramDefinition extends WithLifetime {
  readonly kind: 'histogram'
  /** Finite, ascending upper bounds; `+Inf` is implied. Default: 5 ms to 10 s. */
  readonly bounds?: readonly number[]
}

/**
 * A distribution of values whose range you do not know: base-2 exponential buckets with a scale that adapts to them.
 */
export interface ExponentialHistogramDefinition extends WithLifetime {
  readonly kind: 'exponential_histogram'
  /** Most buckets for each sign. Default 160. */
  readonly maxBuckets?: number
}

/**
 * Quantiles of one process over a sliding window, which cannot be added up over processes. `_sum` and `_count` are
 * totals since the start.
 */
export interface SummaryDefinition extends WithLifetime {
  readonly kind: 'summary'
  /** Default 0.5, 0.9, 0.99; relative error about 1 %. */
  readonly quantiles?: readonly number[]
  /** Length of the window. Default 600,000 (ten minutes); it slides in fifths. */
  readonly windowMs?: number
}

/** Facts in labels, such as a version, with the value 1. */
export interface InfoDefinition extends Common {
  readonly kind: 'info'
}

/** A set of states of which each is on or off, such as the phase of a connection. */
export interface StateSetDefinition extends Common {
  readonly kind: 'state_set'
  readonly states: readonly string[]
}

/** The speed of a counter of the same table, per second, between collect passes. Exported as a gauge. */
export interface RateDefinition {
  readonly kind: 'rate'
  readonly name: string
  readonly help: string
  readonly unit?: string
  readonly dottedName?: string
  /** The key of the counter in this table, whose labels the rate shares. */
  readonly of: string
  /** Shortest time over which a rate is taken. Default 1,000. */
  readonly windowMs?: number
}

/** Durations in seconds, as a histogram or summary with a stopwatch. */
export interface TimerDefinition extends Common {
  readonly kind: 'timer'
  /** Default `histogram`. */
  readonly over?: 'histogram' | 'exponential_histogram' | 'summary'
  readonly bounds?: readonly number[]
  readonly quantiles?: readonly number[]
  readonly windowMs?: number
  readonly maxBuckets?: number
}

/** One row of an instrument table. */
export type InstrumentDefinition =
  | CounterDefinition
  | UpDownCounterDefinition
  | GaugeDefinition
  | HistogramDefinition
  | ExponentialHistogramDefinition
  | SummaryDefinition
  | InfoDefinition
  | StateSetDefinition
  | RateDefinition
  | TimerDefinition

/** A plugin's instruments by the names that its code uses for them. */
export type InstrumentTable = Readonly<Record<string, InstrumentDefinition>>

/** The kinds that a transport meets: a rate reads as a gauge, a timer as what it is over. */
export type SeriesKind =
  | 'counter'
  | 'up_down_counter'
  | 'gauge'
  | 'histogram'
  | 'exponential_histogram'
  | 'summary'
  | 'info'
  | 'state_set'

type FieldsOf<Kind> = keyof Extract<InstrumentDefinition, { readonly kind: Kind }>

/** Refuses fields that a row's kind does not have. */
export type KnownFields<T extends InstrumentTable> = {
  readonly [K in keyof T]: { readonly [F in Exclude<keyof T[K], FieldsOf<T[K]['kind']>>]: never }
}

/** Returns the table as it is, with its names, label names and closed values kept in its type. */
export function defineInstruments<const T extends InstrumentTable>(table: T & KnownFields<T>): T {
  return table
}

/** The kind that readers meet. */
export function seriesKind(definition: InstrumentDefinition): SeriesKind {
  if (definition.kind === 'rate') return 'gauge'
  if (definition.kind === 'timer') return definition.over ?? 'histogram'
  return definition.kind
}

/** A label's definition in its long form. */
export function labelDefinition(spec: LabelSpec): LabelDefinition {
  return Array.isArray(spec) ? { values: spec as readonly string[] } : (spec as LabelDefinition)
}
