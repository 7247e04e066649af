import type { Clock } from '../clock.js'
import type { AttributeTable, EventSink } from './events.js'
import type { HandleOf, Handles } from '../definition/handles.js'
import type { InstrumentDefinition, InstrumentTable } from '../definition/definition.js'
import type { Logger } from '../logger.js'

/**
 * The level of the contracts in this package. A plugin or transport of another level is refused with an error that
 * says which is older.
 */
export const apiLevel = 1

/** The time that a last collect pass, a flush or a stop has. */
export interface DeadlineContext {
  /** When it must be done, in the clock's monotonic milliseconds. What takes longer is left behind. */
  readonly deadlineMs: number
}

/** What a plugin is given when it starts. It stays valid until the plugin has stopped. */
export interface PluginContext<T extends InstrumentTable = InstrumentTable> {
  /** The typed handles of the plugin's table. */
  readonly instruments: Handles<T>
  /** Where messages for the operator go. They start with the plugin's name. */
  readonly logger: Logger
  /** The clock to measure time with, which tests replace. */
  readonly clock: Clock
  /** Aborted when the plugin is stopped. */
  readonly signal: AbortSignal
  /** Where the plugin reports events and activities. */
  readonly events: EventSink
  /**
   * Adds an instrument that the table could not know, such as one that a host's module registers.
   * Asked again for the same definition, it returns the same handle.
   * Throws `REGISTRATION_INVALID_DEFINITION` and `REGISTRATION_NAME_CLASH`.
   */
  define<const D extends InstrumentDefinition>(definition: D): HandleOf<D>
  /**
   * Removes an instrument that `define` added, with its series, so that its name is free. Its handle must not be used
   * any more. Does nothing for a name that this plugin has not defined.
   */
  forget(name: string): void
}

/** What one collect pass is given. */
export interface CollectContext<T extends InstrumentTable = InstrumentTable> {
  /** The same handles as at the start, for a plugin that keeps no state of its own. */
  readonly instruments: Handles<T>
  /** Aborted when the time is over: what is not read by then counts as failed. */
  readonly signal: AbortSignal
  /** When the pass must be done, in the clock's monotonic milliseconds. */
  readonly deadlineMs: number
}

/**
 * Measures one subsystem, and knows nothing of how its values leave the process.
 *
 * Whatever it throws, rejects or never answers affects no other plugin: it is marked down, reported in `/health`
 * and in the self-metrics, and tried again with back-off, while its last good values are kept.
 */
export interface Plugin<T extends InstrumentTable = InstrumentTable> {
  /** Lower case with hyphens: `bitswap` for `@tidegauge/plugin-bitswap`. */
  readonly name: string
  readonly version: string
  /** The {@link apiLevel} of the core that it was written against, as a number: imported, it would always fit. */
  readonly apiLevel: number
  readonly instruments: T
  /** The attributes that its events and activities may carry. Default: none. */
  readonly eventAttributes?: AttributeTable
  /** Attaches to the source. May fail; it is then tried again. */
  start?(context: PluginContext<T>): void | Promise<void>
  /** Reads the source now. Passes of one plugin never overlap. */
  collect?(context: CollectContext<T>): void | Promise<void>
  /** Detaches. May be called more than once, and after a start that failed. */
  stop?(context?: DeadlineContext): void | Promise<void>
}

/** Returns the plugin as it is, checked against its own table. */
export function definePlugin<const T extends InstrumentTable>(plugin: Plugin<T>): Plugin<T> {
  return plugin
}
