import type { Plugin } from '../contract/plugin.js'
import type { HealthReport, HostDescription } from '../contract/report.js'
import type { Transport } from '../contract/transport.js'
import type { InstrumentTable, KnownFields } from '../definition/definition.js'
import type { Handles } from '../definition/handles.js'
import { LifecycleError } from '../errors/errors.js'
import { LogOnce } from '../log-once.js'
import { Registry } from '../registry/registry.js'
import { AttributeFilter } from './attribute-filter.js'
import { assertRoutes } from './assert-routes.js'
import { Components } from './components.js'
import { waitAtMost } from './deadline.js'
import { describeHost, healthOf } from './describe.js'
import { EventBus } from './event-bus.js'
import { holdProcess } from './hold-process.js'
import { instrumentSetOf, instrumentsPlugin, type InstrumentSet } from './instrument-set.js'
import type { HostSettings, UseOptions } from './options.js'
import type { PluginRunner } from './plugin-runner.js'
import { SelfRecorder } from './self-recorder.js'
import { createReader } from './transport-reader.js'
import type { HostState, Tidegauge } from './tidegauge.js'
import type { TransportRunner } from './transport-runner.js'

/** Parts of the time of a stop after which the last collect pass, the flushes and the transports must be done. */
const COLLECT_UNTIL = 0.4
const FLUSH_UNTIL = 0.8
const TRANSPORTS_UNTIL = 0.9

/** See {@link Tidegauge}. */
export class Host implements Tidegauge {
  state: HostState = 'new'
  startedAtMs: number | undefined
  readonly settings: HostSettings
  readonly registry: Registry
  readonly #components: Components
  readonly #self: SelfRecorder | undefined
  readonly #events: EventBus
  #starting: Promise<void> | undefined
  #stopping: Promise<void> | undefined
  /** Starts of what was added while the host runs; each resolves with its error, if any. */
  #lateStarts: Promise<unknown>[] = []

  constructor(settings: HostSettings) {
    const { clock, logger } = settings
    const logOnce = new LogOnce()
    logOnce.useLogger(logger)
    this.settings = settings
    this.registry = new Registry(settings)
    const attributes = new AttributeFilter(this.registry.privacy, logOnce)
    this.#events = new EventBus(clock, logger, attributes)
    this.#self = settings.selfMetrics === 'on' ? new SelfRecorder(this.registry, attributes) : undefined
    this.#components = new Components({
      clock,
      logger,
      registry: this.registry,
      events: this.#events,
      observer: this.#self ?? { passed() {}, failed() {} },
    })
  }

  get plugins(): readonly PluginRunner[] {
    return this.#components.plugins
  }

  get transports(): readonly TransportRunner[] {
    return this.#components.transports
  }

  use<T extends InstrumentTable>(component: Plugin<T> | InstrumentSet<T>, options?: UseOptions): Tidegauge {
    this.#assertState('use()', 'new', 'starting', 'running', 'stopped')
    const set = instrumentSetOf(component)
    set?.assertFree()
    const runner = this.#add(set?.plugin ?? (component as Plugin), options, (added) => {
      if (set === undefined) return
      set.moveTo(this.registry, added.instance, this, this.settings.logger)
      added.adopt(set.handles)
    })
    if (set !== undefined) this.#components.sets.set(runner, set)
    return this
  }

  instruments<const T extends InstrumentTable>(
    name: string,
    table: T & KnownFields<T>,
    options?: UseOptions,
  ): Handles<T> {
    this.#assertState('instruments()', 'new', 'starting', 'running', 'stopped')
    let handles!: Handles<T>
    this.#add(instrumentsPlugin(name, table), options, (runner) => {
      handles = runner.register() as Handles<T>
    })
    return handles
  }

  export(transport: Transport): Tidegauge {
    this.#assertState('export()', 'new', 'starting', 'running', 'stopped')
    const runner = this.#components.addTransport(transport)
    if (this.#isUp) this.#lateStarts.push(this.#startLater(() => this.#startTransport(runner)))
    return this
  }

  async remove(component: Plugin<any> | Transport | InstrumentSet<any>): Promise<boolean> {
    const runner = this.#components.take(
      instrumentSetOf(component)?.plugin ?? (component as Plugin | Transport),
    )
    if (runner === undefined) return false
    const deadline = this.#deadline()
    await holdProcess(
      'plugin' in runner ? this.#removePlugin(runner, deadline(1)) : this.#removeTransport(runner, deadline),
    )
    return true
  }

  async start(): Promise<void> {
    if (this.state === 'starting') return this.#starting
    if (this.state === 'running') return holdProcess(this.#awaitLateStarts())
    this.#assertState('start()', 'new', 'stopped')
    assertRoutes(this.plugins, this.#components.transportNames)
    this.state = 'starting'
    this.#starting = this.#startAll().finally(() => (this.#starting = undefined))
    return holdProcess(this.#starting)
  }

  stop(): Promise<void> {
    if (this.#starting !== undefined)
      return this.#starting.then(
        () => this.stop(),
        () => {},
      )
    if (this.state !== 'running') return this.#stopping ?? Promise.resolve()
    this.state = 'stopping'
    const deadline = this.#deadline()
    this.#stopping = this.#flushAll(deadline)
      .then(() => this.#stopAll(deadline))
      .finally(() => {
        this.state = 'stopped'
        this.#stopping = undefined
      })
    return holdProcess(this.#stopping)
  }

  async flush(): Promise<void> {
    this.#assertState('flush()', 'running')
    await holdProcess(this.#flushAll(this.#deadline()))
  }

  health(): HealthReport {
    return healthOf(this.plugins, this.transports)
  }

  describe(): HostDescription {
    return describeHost(this)
  }

  get #isUp(): boolean {
    return this.state === 'running' || this.state === 'starting'
  }

  /** Adds a plugin and prepares it; where that throws, it is taken out again. */
  #add(
    plugin: Plugin,
    options: UseOptions | undefined,
    prepare: (runner: PluginRunner) => void,
  ): PluginRunner {
    const runner = this.#components.addPlugin(plugin, options)
    try {
      if (this.#isUp) assertRoutes([runner], this.#components.transportNames)
      prepare(runner)
    } catch (thrown) {
      this.#components.take(plugin)
      throw thrown
    }
    if (this.#isUp) this.#lateStarts.push(this.#startLater(() => runner.start()))
    return runner
  }

  /** Starts one component of a host that runs; resolves with its error, if any. */
  async #startLater(start: () => Promise<unknown>): Promise<unknown> {
    await this.#starting?.catch(() => {})
    if (this.state !== 'running') return undefined
    try {
      return await start()
    } catch (thrown) {
      this.settings.logger.error(String((thrown as Error).message))
      return this.settings.tolerate === 'all' ? undefined : { thrown }
    }
  }

  async #awaitLateStarts(): Promise<void> {
    const endings = await Promise.all(this.#lateStarts.splice(0))
    for (const ending of endings) {
      if (isThrown(ending)) throw ending.thrown
      if (ending !== undefined && this.settings.tolerate === 'none') throw ending
    }
  }

  /** Transports first: while a plugin's first pass takes its time, liveness and readiness are answered already. */
  async #startAll(): Promise<void> {
    try {
      for (const runner of this.plugins) runner.tryRegister()
      for (const runner of [...this.transports]) await this.#startTransport(runner)
      const failures = await Promise.all(this.plugins.map((runner) => runner.start()))
      const first = failures.find((failure) => failure !== undefined)
      if (this.settings.tolerate === 'none' && first !== undefined) throw first
    } catch (thrown) {
      await this.#stopAll(this.#deadline())
      this.state = 'stopped'
      throw thrown
    }
    this.startedAtMs = this.settings.clock.now()
    this.state = 'running'
  }

  async #startTransport(runner: TransportRunner): Promise<void> {
    try {
      await runner.start(createReader(runner.name, this, { self: this.#self, events: this.#events }))
    } catch (thrown) {
      if (this.settings.tolerate !== 'all') throw thrown
      this.settings.logger.error(`transport "${runner.name}" is left out: ${runner.status.failed(thrown)}`)
    }
  }

  async #flushAll(deadline: (part: number) => number): Promise<void> {
    const { clock } = this.settings
    const collected = Promise.all(this.plugins.map((runner) => runner.collectIfHealthy()))
    await waitAtMost(clock, deadline(COLLECT_UNTIL) - clock.monotonic(), collected)
    this.#self?.update(this.plugins, this.transports)
    await Promise.all(this.transports.map((runner) => runner.flush(deadline(FLUSH_UNTIL))))
  }

  /** Transports first, so that nothing reads from plugins that are gone. */
  async #stopAll(deadline: (part: number) => number): Promise<void> {
    await Promise.all(this.transports.map((runner) => runner.stop(deadline(TRANSPORTS_UNTIL))))
    await Promise.all(this.plugins.map((runner) => runner.stop(deadline(1))))
  }

  async #removePlugin(runner: PluginRunner, deadlineMs: number): Promise<void> {
    await runner.stop(deadlineMs)
    const set = this.#components.sets.get(runner)
    if (set === undefined) this.registry.removeAll(runner.instance)
    else set.release()
    this.#self?.forgetPlugin(runner.id)
  }

  async #removeTransport(runner: TransportRunner, deadline: (part: number) => number): Promise<void> {
    await runner.flush(deadline(FLUSH_UNTIL))
    await runner.stop(deadline(1))
    this.#self?.forgetTransport(runner.name)
  }

  /** The moments at which parts of the time for a stop are over, counted from now. */
  #deadline(): (part: number) => number {
    const { clock, stopTimeoutMs } = this.settings
    const nowMs = clock.monotonic()
    return (part) => nowMs + part * stopTimeoutMs
  }

  #assertState(what: string, ...allowed: readonly HostState[]): void {
    if (allowed.includes(this.state)) return
    throw new LifecycleError(
      'LIFECYCLE_WRONG_STATE',
      `${what} was called while the host is ${this.state}, expected ${allowed.join(' or ')}`,
      this.state,
    )
  }
}

function isThrown(ending: unknown): ending is { readonly thrown: unknown } {
  return typeof ending === 'object' && ending !== null && 'thrown' in ending
}
