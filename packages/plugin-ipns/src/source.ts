import type { Clock, CollectContext, Logger } from '@tidegauge/core'
import type { results } from './metrics.js'

/** How something ended that was tried. */
export type IpnsResult = (typeof results)[number]

/** The records of one namespace, as they are now. */
export interface RecordFigures {
  /** Records whose latest attempt to reach the network did not fail. */
  readonly active: number
  /** Records whose latest attempt to reach the network failed. */
  readonly backoff: number
  /** Those of both that are due for a refresh. */
  readonly overdue: number
  /** When the next refresh is planned, in milliseconds since the Unix epoch. Left out: none is planned. */
  readonly nextAttemptMs?: number
}

/** Totals since the source began. */
export type ResultTotals = Readonly<Record<IpnsResult, number>>

/** The refreshes of one namespace. */
export interface RefreshFigures extends ResultTotals {
  /** When a refresh last succeeded, in milliseconds since the Unix epoch. Left out: never yet. */
  readonly lastSuccessMs?: number
  /** When a refresh last failed, in milliseconds since the Unix epoch. Left out: never yet. */
  readonly lastFailureMs?: number
}

/** What is known of the task that refreshes records. */
export interface RepublisherFigures {
  readonly isRunning?: boolean
  readonly runs?: ResultTotals
}

/** Figures by a name, such as a namespace. */
export type ByName<T> = Readonly<Record<string, T>>

/** What a source tells at one moment. What it leaves out is not exported. */
export interface IpnsSnapshot {
  /** The records by namespace. Left out: they can't be read now. */
  readonly records?: ByName<RecordFigures>
  /** Refreshes by namespace. */
  readonly refreshes?: ByName<RefreshFigures>
  /** What the application published, by namespace. */
  readonly publishes?: ByName<ResultTotals>
  /** Records handed to each router. */
  readonly routers?: ByName<ResultTotals>
  readonly republisher?: RepublisherFigures
  /**
   * What could not be read, one sentence each, with what to do. The rest of the snapshot is exported; then the pass
   * counts as failed, for these reasons.
   */
  readonly faults?: readonly string[]
}

/** What a source may use of the host. */
export interface IpnsSourceContext {
  readonly clock: Clock
  readonly logger: Logger
}

/** The time that a source has for one answer. */
export type IpnsPass = Pick<CollectContext, 'signal' | 'deadlineMs'>

/**
 * Tells of IPNS records and their refreshes.
 *
 * The plugin brings one for `@helia/ipns`. Implement it for another stack, or use `createIpnsRecorder()`.
 */
export interface IpnsSource {
  /** Begins to watch. May fail, and is then called again; may be called again after {@link stop}. */
  start?(context: IpnsSourceContext): void | Promise<void>
  /**
   * Called at each collect pass. May fail; the last values are kept then. Totals must not fall. An answer that comes
   * after the pass was aborted is dropped: heed its signal, the source is asked again at a later pass.
   */
  read(pass: IpnsPass): IpnsSnapshot | Promise<IpnsSnapshot>
  /** Stops watching. May be called more than once. */
  stop?(): void | Promise<void>
}
