import type { Plugin } from '../contract/plugin.js'
import type { HealthReport, HostDescription } from '../contract/report.js'
import type { Transport } from '../contract/transport.js'
import type { InstrumentTable, KnownFields } from '../definition/definition.js'
import type { Handles } from '../definition/handles.js'
import { describeThrown } from '../errors/describe.js'
import { LogOnce } from '../log-once.js'
import { Registry } from '../registry/registry.js'
import { AttributeFilter } from './attribute-filter.js'
import { assertRoutes } from './assert-routes.js'
import { assertState } from './assert-state.js'
import { Components } from './components.js'
import { describeHost, healthOf } from './describe.js'
import { EventBus } from './event-bus.js'
import { FlushQueue } from './flush-queue.js'
import { holdProcess } from './hold-process.js'
import { instrumentSetOf, instrumentsPlugin, type InstrumentSet } from './instrument-set.js'
import { LateStarts } from './late-starts.js'
import type { HostSettings, UseOptions } from './options.js'
import { Budget, flushAll, retire, START_UNTIL, stopAll } from './phases.js'
import type { PluginRunner } from './plugin-runner.js'
import { SelfRecorder } from './self-recorder.js'
import type { HostState, Tidegauge } from './tidegauge.js'
import type { TransportRunner } from './transport-runner.js'
import { TransportStarter } from './transport-starter.js'

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
  readonly #flushes = new FlushQueue()
  readonly #lateStarts = new LateStarts()
  readonly #starter: TransportStarter

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
    this.#starter = new TransportStarter(this, { self: this.#self, events: this.#events })
  }

  get plugins(): readonly PluginRunner[] {
    return this.#components.plugins
  }

  get transports(): readonly TransportRunner[] {
    return this.#components.transports
  }

  use<T extends InstrumentTable>(component: Plugin<T> | InstrumentSet<T>, options?: UseOptions): Tidegauge {
    assertState(this, 'use()', 'new', 'starting', 'running', 'stopped')
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
    assertState(this, 'instruments()', 'new', 'starting', 'running', 'stopped')
    let handles!: Handles<T>
    this.#add(instrumentsPlugin(name, table), options, (runner) => {
      handles = runner.register() as Handles<T>
    })
    return handles
  }

  export(transport: Transport): Tidegauge {
    assertState(this, 'export()', 'new', 'starting', 'running', 'stopped')
    const runner = this.#components.addTransport(transport)
    if (this.isUp) this.#startLater(runner, () => this.#startLateTransport(runner))
    return this
  }

  async remove<T extends InstrumentTable>(
    component: Plugin<T> | Transport | InstrumentSet<T>,
  ): Promise<boolean> {
    const runner = this.#components.take(
      instrumentSetOf(component)?.plugin ?? (component as Plugin | Transport),
    )
    if (runner === undefined) return false
    this.#lateStarts.forget(runner)
    const budget = this.#budget()
    await holdProcess(
      'plugin' in runner ? this.#removePlugin(runner, budget) : this.#removeTransport(runner, budget),
    )
    return true
  }

  async start(): Promise<void> {
    if (this.state === 'starting') return this.#starting
    if (this.state === 'running') return holdProcess(this.#lateStarts.wait())
    // a stop may have left a start behind that hangs
    if (this.#starting !== undefined) await this.#starting.catch(() => {})
    assertState(this, 'start()', 'new', 'stopped')
    assertRoutes(this.plugins, this.#components.transportNames)
    this.state = 'starting'
    this.#starting = this.#startAll().finally(() => (this.#starting = undefined))
    return holdProcess(this.#starting)
  }

  stop(): Promise<void> {
    if (this.#stopping !== undefined) return this.#stopping
    if (!this.isUp) return Promise.resolve()
    this.#stopping = holdProcess(this.#stop(this.#budget())).finally(() => (this.#stopping = undefined))
    return this.#stopping
  }

  async flush(): Promise<void> {
    assertState(this, 'flush()', 'running')
    await holdProcess(this.#flushes.run(() => this.#flushAll(this.#budget())))
  }

  health(): HealthReport {
    return healthOf(this.plugins, this.transports)
  }

  describe(): HostDescription {
    return describeHost(this)
  }

  /** Whether what is added starts, now or with the rest. */
  get isUp(): boolean {
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
      if (this.isUp) assertRoutes([runner], this.#components.transportNames)
      prepare(runner)
    } catch (thrown) {
      this.#components.drop(runner)
      throw thrown
    }
    if (this.isUp) this.#startLater(runner, () => this.#startLatePlugin(runner))
    return runner
  }

  /** Starts one component of a host that runs, or once it does, unless it was removed again. */
  #startLater(runner: PluginRunner | TransportRunner, start: () => Promise<void>): void {
    this.#lateStarts.add(runner, async () => {
      await this.#starting?.catch(() => {})
      if (this.state === 'running' && this.#lateStarts.has(runner)) await start()
    })
  }

  async #startLateTransport(runner: TransportRunner): Promise<void> {
    try {
      await this.#starter.start(runner)
    } catch (thrown) {
      this.settings.logger.error(describeThrown(thrown))
      throw thrown
    }
  }

  async #startLatePlugin(runner: PluginRunner): Promise<void> {
    const failure = await runner.start()
    if (failure !== undefined && this.settings.tolerate === 'none') throw failure
  }

  /** Transports first: while a plugin's first pass takes its time, liveness and readiness are answered already. */
  async #startAll(): Promise<void> {
    // what is added from now on starts afterwards, what is removed does not start
    const [plugins, transports] = [[...this.plugins], [...this.transports]]
    try {
      for (const runner of plugins) runner.tryRegister()
      for (const runner of transports)
        if (this.state === 'starting' && this.transports.includes(runner)) await this.#starter.start(runner)
      if (this.state !== 'starting') return
      const present = plugins.filter((runner) => this.plugins.includes(runner))
      const failures = await Promise.all(present.map((runner) => runner.start()))
      const first = failures.find((failure) => failure !== undefined)
      if (this.settings.tolerate === 'none' && first !== undefined) throw first
    } catch (thrown) {
      // a stop that did not wait for the start does the rest
      if (this.state === 'starting') {
        await stopAll(this, this.#budget())
        this.state = 'stopped'
      }
      throw thrown
    }
    if (this.state !== 'starting') return
    this.startedAtMs = this.settings.clock.now()
    this.state = 'running'
  }

  /** Lets a start end first, which leaves nothing half attached, but only for its part of the time. */
  async #stop(budget: Budget): Promise<void> {
    if (this.#starting !== undefined) await budget.wait(START_UNTIL, this.#starting)
    if (!this.isUp) return
    const hasStarted = this.state === 'running'
    this.state = 'stopping'
    if (hasStarted) await this.#flushAll(budget)
    await stopAll(this, budget)
    this.state = 'stopped'
  }

  #flushAll(budget: Budget): Promise<void> {
    return flushAll(this, budget, () => this.#self?.update(this.plugins, this.transports))
  }

  async #removePlugin(runner: PluginRunner, budget: Budget): Promise<void> {
    await runner.stop(budget.until(1))
    const set = this.#components.sets.get(runner)
    if (set === undefined) this.registry.removeAll(runner.instance)
    else set.release()
    this.#components.sets.delete(runner)
    this.#self?.forgetPlugin(runner.id)
  }

  async #removeTransport(runner: TransportRunner, budget: Budget): Promise<void> {
    await retire(runner, budget)
    this.#self?.forgetTransport(runner.name)
  }

  #budget(): Budget {
    return new Budget(this.settings.clock, this.settings.stopTimeoutMs)
  }
}
