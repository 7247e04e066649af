import type { HealthReport, HostDescription } from '../contract/report.js'
import type { Plugin } from '../contract/plugin.js'
import type { Transport } from '../contract/transport.js'
import type { InstrumentTable, KnownFields } from '../definition/definition.js'
import type { Handles } from '../definition/handles.js'
import type { InstrumentSet } from './instrument-set.js'
import type { UseOptions } from './options.js'

/** Where a host is in its life. */
export type HostState = 'new' | 'starting' | 'running' | 'stopping' | 'stopped'

/** A host: plugins that measure, transports that export, and one registry between them. */
export interface Tidegauge {
  /**
   * Adds a plugin, or a set of instruments. In a host that runs, the plugin starts at once, and the next `start()`
   * waits for it. Throws `OPTIONS_INVALID`, `OPTIONS_UNKNOWN_TRANSPORT`, `REGISTRATION_API_LEVEL`,
   * `REGISTRATION_INVALID_PLUGIN`, `REGISTRATION_DUPLICATE_PLUGIN`, for a set also `REGISTRATION_NAME_CLASH`, and
   * `LIFECYCLE_WRONG_STATE` while the host stops.
   */
  use<T extends InstrumentTable>(plugin: Plugin<T> | InstrumentSet<T>, options?: UseOptions): Tidegauge
  /**
   * Adds instruments of the application's own and returns their handles, which count at once. `name` is what routes,
   * health and self-metrics call them. Throws like `use`.
   */
  instruments<const T extends InstrumentTable>(
    name: string,
    table: T & KnownFields<T>,
    options?: UseOptions,
  ): Handles<T>
  /**
   * Adds a transport. In a host that runs it starts at once, and the next `start()` waits for it. Throws like `use`,
   * and `REGISTRATION_DUPLICATE_TRANSPORT`.
   */
  export(transport: Transport): Tidegauge
  /**
   * Stops a plugin or transport, or removes a set of instruments, with its metrics. Everything else goes on.
   * A transport flushes first. Returns false when the host does not have it. Never rejects.
   */
  remove<T extends InstrumentTable>(component: Plugin<T> | Transport | InstrumentSet<T>): Promise<boolean>
  /**
   * Starts the transports, in order, and then the plugins, side by side. A plugin that fails is tried again later;
   * when a transport fails, what was started is stopped again and its error is thrown (see `tolerate`). In a host that
   * runs, waits for what was added since, and throws the first error of it that is not tolerated.
   */
  start(): Promise<void>
  /**
   * A last collect pass, a last flush, then everything that was opened is closed; all of it within `stopTimeoutMs`.
   * May be called more than once; while the host starts, it waits for that first.
   */
  stop(): Promise<void>
  /** Collects, and has every push transport send now. Throws `LIFECYCLE_WRONG_STATE` unless the host runs. */
  flush(): Promise<void>
  health(): HealthReport
  describe(): HostDescription
  readonly state: HostState
}
