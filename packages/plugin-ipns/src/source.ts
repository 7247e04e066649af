import type { Snapshot, Source } from '@tidegauge/core'
import type { results } from './metrics.js'

/** How a refresh, a publish, a put or a run ended. */
export type IpnsResult = (typeof results)[number]

/** Values by a name, such as a namespace. */
export type ByName<T> = Readonly<Record<string, T>>

/** The records of one namespace, as they are now. */
export interface RecordCounts {
  /** Records whose latest attempt to reach the network did not fail. */
  readonly active: number
  /** Records whose latest attempt to reach the network failed. */
  readonly backoff: number
  /** Those of both that are due for a refresh. */
  readonly overdue: number
  /** When the next refresh is planned, in milliseconds since the Unix epoch. Left out: none is planned. */
  readonly nextAttemptMs?: number
}

/** Totals by result, since the source was created. */
export type ResultTotals = Readonly<Record<IpnsResult, number>>

/** The refreshes of one namespace. */
export interface RefreshTotals extends ResultTotals {
  /** When a refresh last succeeded, in milliseconds since the Unix epoch. Left out: never yet. */
  readonly lastSuccessMs?: number
  /** When a refresh last failed, in milliseconds since the Unix epoch. Left out: never yet. */
  readonly lastFailureMs?: number
}

/** The task that refreshes records. */
export interface RepublisherState {
  readonly isRunning?: boolean
  readonly runs?: ResultTotals
}

/** The records of one node and what became of them. What is left out is not exported. */
export interface IpnsSnapshot extends Snapshot {
  /** The records by namespace. Left out: they cannot be read now. */
  readonly records?: ByName<RecordCounts>
  /** Refreshes by namespace. */
  readonly refreshes?: ByName<RefreshTotals>
  /** What the application published, by namespace. */
  readonly publishes?: ByName<ResultTotals>
  /** Records handed to each router, by the router's name. */
  readonly routers?: ByName<ResultTotals>
  readonly republisher?: RepublisherState
}

/**
 * Where the plugin reads IPNS records and their refreshes.
 *
 * The plugin brings a source for `@helia/ipns`. Implement one for another stack, or use `createIpnsRecorder()`.
 */
export type IpnsSource = Source<IpnsSnapshot>
