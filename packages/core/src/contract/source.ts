import type { Clock } from '../clock.js'
import type { LogOnce } from '../log-once.js'
import type { Logger } from '../logger.js'
import type { EventSink } from './events.js'

/** What a source is given when it starts. It stays valid until the source is stopped. */
export interface SourceContext {
  readonly clock: Clock
  readonly logger: Logger
  /** Messages for the operator, each once in the life of the plugin, however often the source starts. */
  readonly logOnce: LogOnce
  /** Aborted when the plugin is stopped. */
  readonly signal: AbortSignal
  readonly events: EventSink
}

/** The time that a source has for one answer. */
export interface ReadPass {
  /** Aborted when the time is over. An answer that comes later is dropped. */
  readonly signal: AbortSignal
  /** When the answer must be there, in the clock's monotonic milliseconds. */
  readonly deadlineMs: number
}

/** What every snapshot may carry beside its values. */
export type Snapshot = object & {
  /**
   * What could not be read, one sentence each, with what to do. The rest of the snapshot is exported; then the pass
   * fails with `COLLECT_FAILED` and these sentences.
   */
  readonly problems?: readonly string[]
}

/**
 * Where a plugin's figures come from: attaches to one system and returns a plain snapshot of it for each pass.
 *
 * Totals in a snapshot count since the source was created, over all its starts, and never fall.
 */
export interface Source<S extends Snapshot> {
  /** Attaches. May fail, and is then tried again; may be called again after {@link stop}. */
  start?(context: SourceContext): void | Promise<void>
  /**
   * Reads the system now. What it throws marks the plugin down until it answers again. A read that hangs is not
   * waited for longer than its pass, and the next pass reads again. Throw `COLLECT_SOURCE_CHANGED` when what the source attached to is gone
   * or has become another: it is stopped, and started again before the next read.
   */
  read(pass: ReadPass): S | Promise<S>
  /** Detaches. May be called more than once, and without a start. */
  stop?(): void | Promise<void>
}
