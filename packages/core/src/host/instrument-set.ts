import { systemClock } from '../clock.js'
import { apiLevel, type Plugin } from '../contract/plugin.js'
import { privacyClasses, type InstrumentTable, type KnownFields } from '../definition/definition.js'
import type { Handles } from '../definition/handles.js'
import { LifecycleError } from '../errors/errors.js'
import { LogOnce } from '../log-once.js'
import type { Logger } from '../logger.js'
import type { PrivacyRules } from '../registry/privacy.js'
import { Registry } from '../registry/registry.js'
import { createPluginInstance, type PluginInstance } from '../storage/plugin-instance.js'
import { coreVersion } from '../version.js'

/** A host's rules apply when it takes the set; until then nothing leaves the process. */
const keepAll: PrivacyRules = Object.fromEntries(privacyClasses.map((name) => [name, 'keep']))

const setKey = Symbol('tidegauge.instruments')

/** The handles of a table, which `use()` takes like a plugin. */
export type InstrumentSet<T extends InstrumentTable = InstrumentTable> = Handles<T> & {
  readonly [setKey]: InstrumentSetState
}

/**
 * Creates the instruments of an application, a library or a file of routes, before or without a host.
 *
 * They count at once. `host.use(set)` exports them with what they counted so far; the host's views, privacy rules and
 * constant labels apply from then on. `name` is what routes, health and self-metrics call them.
 * Throws `REGISTRATION_INVALID_DEFINITION`.
 */
export function instruments<const T extends InstrumentTable>(
  name: string,
  table: T & KnownFields<T>,
): InstrumentSet<T> {
  const state = new InstrumentSetState(name, table)
  // not enumerable: the handles of a set are listed like those of any table
  return Object.defineProperty({ ...state.handles }, setKey, { value: state }) as unknown as InstrumentSet<T>
}

/** The state of a set, when `value` is one. */
export function instrumentSetOf(value: unknown): InstrumentSetState | undefined {
  return (value as Partial<InstrumentSet> | null | undefined)?.[setKey]
}

/** A host, as far as a set needs it. */
interface SetOwner {
  readonly state: string
}

/** Where the series of a set are: in a registry of its own, or in the one of the host that uses it. */
export class InstrumentSetState {
  readonly plugin: Plugin
  readonly handles: Handles<InstrumentTable>
  #registry: Registry
  #instance: PluginInstance
  #owner: SetOwner | undefined
  readonly #logOnce = new LogOnce()

  constructor(name: string, table: InstrumentTable) {
    this.plugin = instrumentsPlugin(name, table)
    this.#registry = this.#ownRegistry()
    this.#instance = createPluginInstance(name)
    this.handles = this.#registry.addTable(this.#instance, table)
  }

  /** Throws `LIFECYCLE_WRONG_STATE` while a host uses the set. */
  assertFree(): void {
    if (this.#owner === undefined) return
    throw new LifecycleError(
      'LIFECYCLE_WRONG_STATE',
      `instruments "${this.plugin.name}" are in use by a host; remove() them there first`,
      this.#owner.state,
    )
  }

  /** Moves the series to a host's registry. Throws what the registry throws, and then nothing has moved. */
  moveTo(registry: Registry, instance: PluginInstance, owner: SetOwner, logger: Logger): void {
    registry.takeOver(instance, this.plugin.instruments, this.#registry, this.#instance)
    registry.losses.absorb(this.#registry.losses)
    this.#registry = registry
    this.#instance = instance
    this.#owner = owner
    this.#logOnce.useLogger(logger)
  }

  /** Moves the series back to a registry of the set's own, where they go on counting. */
  release(): void {
    const registry = this.#ownRegistry()
    const instance = createPluginInstance(this.plugin.name)
    registry.takeOver(instance, this.plugin.instruments, this.#registry, this.#instance)
    this.#registry = registry
    this.#instance = instance
    this.#owner = undefined
  }

  #ownRegistry(): Registry {
    const log = (message: string) => this.#logOnce.warn(message, message)
    const logger = { debug() {}, info() {}, warn: log, error: log }
    return new Registry({ clock: systemClock, logger, privacy: keepAll })
  }
}

/** A plugin without a source: its instruments are recorded in by the application. */
export function instrumentsPlugin(name: string, table: InstrumentTable): Plugin {
  return { name, version: coreVersion, apiLevel, instruments: table }
}
