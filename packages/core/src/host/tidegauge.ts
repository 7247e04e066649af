import { LifecycleError, RegistrationError } from '../errors/errors.js'
import { EventBus } from '../contract/events.js'
import { prefixLogger } from '../logger.js'
import type { InstrumentTable } from '../definition/definition.js'
import type { Plugin } from '../contract/plugin.js'
import type { PluginInstance } from '../storage/plugin-instance.js'
import { Registry } from '../registry/registry.js'
import type { CollectRequest, Transport, TransportContext } from '../contract/transport.js'
import { assertPlugin, assertRoutes, assertTransport } from './checks.js'
import { waitAtMost } from './deadline.js'
import { describeHost, healthOf } from './describe.js'
import {
  parseOptions,
  parseUseOptions,
  type HostSettings,
  type TidegaugeOptions,
  type UseOptions,
} from './options.js'
import { PluginRunner, runnerId, type RunObserver } from './plugin-runner.js'
import type { HealthReport, HostDescription } from '../contract/report.js'
import { SelfRecorder } from './self-recorder.js'
import { TransportRunner } from './transport-runner.js'

/** Where a host is in its life. */
export type HostState = 'new' | 'starting' | 'running' | 'stopping' | 'stopped'

/** A host: plugins that measure, transports that carry, and one registry between them. */
export interface Tidegauge {
  /**
   * Adds a plugin. Throws `OPTIONS_INVALID`, `REGISTRATION_API_LEVEL`, `REGISTRATION_INVALID_PLUGIN`,
   * `REGISTRATION_DUPLICATE_PLUGIN`, and `LIFECYCLE_WRONG_STATE` after the start.
   */
  use<T extends InstrumentTable>(plugin: Plugin<T>, options?: UseOptions): Tidegauge
  /** Adds a transport. Throws the like of `use`, and `REGISTRATION_DUPLICATE_TRANSPORT`. */
  export(transport: Transport): Tidegauge
  /**
   * Starts the plugins, side by side, and then the transports, in order. A plugin that fails is tried again later;
   * when a transport fails, what was started is stopped again and its error is thrown (see `tolerate`).
   */
  start(): Promise<void>
  /**
   * A last pass, a last flush, then everything that was opened is closed. May be called more than once; while
   * the host starts, it waits for that first.
   */
  stop(): Promise<void>
  /** Collects, and has every push transport send now. Throws `LIFECYCLE_WRONG_STATE` unless it is running. */
  flush(): Promise<void>
  health(): HealthReport
  describe(): HostDescription
  readonly state: HostState
}

/** Makes a host. Nothing runs before `start()`. Throws `OPTIONS_INVALID`. */
export function createTidegauge(options?: TidegaugeOptions): Tidegauge {
  return new Host(parseOptions(options))
}

const silentObserver: RunObserver = { passed() {}, failed() {} }

class Host implements Tidegauge {
  state: HostState = 'new'
  startedAtMs: number | undefined
  readonly settings: HostSettings
  readonly registry: Registry
  readonly plugins: PluginRunner[] = []
  readonly transports: TransportRunner[] = []
  readonly #events: EventBus
  readonly #self: SelfRecorder | undefined
  #starting: Promise<void> | undefined
  #stopping: Promise<void> | undefined

  constructor(settings: HostSettings) {
    this.settings = settings
    this.registry = new Registry(settings)
    this.#events = new EventBus(settings.clock, settings.logger)
    this.#self = settings.selfMetrics === 'on' ? new SelfRecorder(this.registry) : undefined
  }

  use<T extends InstrumentTable>(plugin: Plugin<T>, options?: UseOptions): Tidegauge {
    this.#assertState('use()', 'new')
    assertPlugin(plugin)
    const use = parseUseOptions(plugin.name, options)
    const id = runnerId(plugin.name, use.labels)
    if (this.plugins.some((runner) => runner.id === id))
      throw new RegistrationError(
        'REGISTRATION_DUPLICATE_PLUGIN',
        `plugin "${id}" is in use already; give each instance labels of its own: use(plugin, { labels: { node: "b" } })`,
      )
    const { clock, logger } = this.settings
    const observer = this.#self ?? silentObserver
    const shared = { clock, logger, registry: this.registry, events: this.#events, observer }
    this.plugins.push(new PluginRunner(plugin, use, shared))
    return this
  }

  export(transport: Transport): Tidegauge {
    this.#assertState('export()', 'new')
    assertTransport(transport)
    const { clock, logger } = this.settings
    if (this.transports.some((runner) => runner.transport.name === transport.name))
      throw new RegistrationError(
        'REGISTRATION_DUPLICATE_TRANSPORT',
        `transport "${transport.name}" is there already; give one of the two another name by its options`,
      )
    const scoped = prefixLogger(logger, `transport "${transport.name}": `)
    this.transports.push(new TransportRunner(transport, { clock, logger: scoped }))
    return this
  }

  async start(): Promise<void> {
    this.#assertState('start()', 'new', 'stopped')
    assertRoutes(
      this.plugins,
      this.transports.map(({ transport }) => transport.name),
    )
    this.state = 'starting'
    this.#starting = this.#startAll().finally(() => (this.#starting = undefined))
    return this.#starting
  }

  stop(): Promise<void> {
    if (this.#starting !== undefined)
      return this.#starting.then(
        () => this.stop(),
        () => {},
      )
    if (this.state !== 'running') return this.#stopping ?? Promise.resolve()
    this.state = 'stopping'
    this.#stopping = this.#flushAll()
      .then(() => this.#stopAll())
      .finally(() => {
        this.state = 'stopped'
        this.#stopping = undefined
      })
    return this.#stopping
  }

  async flush(): Promise<void> {
    this.#assertState('flush()', 'running')
    await this.#flushAll()
  }

  async #flushAll(): Promise<void> {
    await Promise.all(this.plugins.map((runner) => runner.collectIfHealthy()))
    this.#self?.update(this.plugins, this.transports)
    await Promise.all(this.transports.map((runner) => runner.flush()))
  }

  health(): HealthReport {
    return healthOf(this.plugins, this.transports)
  }

  describe(): HostDescription {
    return describeHost(this)
  }

  async #startAll(): Promise<void> {
    try {
      const failures = await Promise.all(this.plugins.map((runner) => runner.start()))
      const first = failures.find((failure) => failure !== undefined)
      if (this.settings.tolerate === 'none' && first !== undefined) throw first
      for (const runner of this.transports) await this.#startTransport(runner)
    } catch (thrown) {
      await this.#stopAll()
      this.state = 'stopped'
      throw thrown
    }
    this.startedAtMs = this.settings.clock.now()
    this.state = 'running'
  }

  async #startTransport(runner: TransportRunner): Promise<void> {
    try {
      await runner.start(this.#contextFor(runner))
    } catch (thrown) {
      if (this.settings.tolerate !== 'all') throw thrown
      this.settings.logger.error(
        `transport "${runner.transport.name}" is left out: ${runner.status.failed(thrown)}`,
      )
    }
  }

  /** Transports first, so that nothing reads from plugins that are gone. */
  async #stopAll(): Promise<void> {
    await Promise.all(this.transports.map((runner) => runner.stop()))
    await Promise.all(this.plugins.map((runner) => runner.stop()))
  }

  #contextFor(runner: TransportRunner): Omit<TransportContext, 'signal' | 'report' | 'logger' | 'clock'> {
    const { name } = runner.transport
    const routed = this.plugins.filter(({ use }) => use.transports?.includes(name) ?? true)
    const instances = new Set<PluginInstance>(routed.map(({ instance }) => instance))
    if (this.#self !== undefined) instances.add(this.#self.instance)
    return {
      service: this.settings.service,
      pool: this.registry.pool,
      read: (filter) => {
        this.#self?.update(this.plugins, this.transports)
        return this.registry.read(filter, (instance) => instances.has(instance))
      },
      collect: (request) => this.#collect(routed, request),
      health: () => this.health(),
      describe: () => this.describe(),
      subscribe: (listener) => this.#events.subscribe(listener, (instance) => instances.has(instance)),
    }
  }

  async #collect(routed: readonly PluginRunner[], request: CollectRequest = {}): Promise<void> {
    const { clock } = this.settings
    const wanted = routed.filter(({ plugin }) => request.plugins?.has(plugin.name) ?? true)
    const passes = wanted.map((runner) => runner.collectIfStale()).filter((pass) => pass !== undefined)
    if (passes.length === 0) return
    const all = Promise.all(passes)
    if (request.deadlineMs === undefined) await all
    else await waitAtMost(clock, Math.max(0, request.deadlineMs - clock.monotonic()), all)
  }

  #assertState(what: string, ...allowed: readonly HostState[]): void {
    if (allowed.includes(this.state)) return
    throw new LifecycleError(
      'LIFECYCLE_WRONG_STATE',
      `${what} was called while the host is ${this.state}, expected ${allowed.join(' or ')}; add plugins and transports first, then start() once, and flush() while it runs`,
      this.state,
    )
  }
}
