import type { Clock } from '../clock.js'
import { CollectError, RegistrationError } from '../errors/errors.js'
import type { EventBus } from '../contract/events.js'
import type { InstrumentDefinition } from '../definition/definition.js'
import type { Handles } from '../definition/handles.js'
import { prefixLogger, type Logger } from '../logger.js'
import type { Plugin, PluginContext } from '../contract/plugin.js'
import { createPluginInstance, type PluginInstance } from '../storage/plugin-instance.js'
import type { Registry } from '../registry/registry.js'
import { BackOff } from './back-off.js'
import { callWithin, type CallResult } from './deadline.js'
import { startError } from './start-error.js'
import type { RunSettings } from './options.js'
import type { FailureReason } from './self-metrics.js'
import { Status } from './status.js'

/** What a runner shares with the rest of its host. */
export interface RunnerSettings {
  readonly clock: Clock
  readonly logger: Logger
  readonly registry: Registry
  readonly events: EventBus
  /** Told of every pass and start, for the self-metrics. */
  readonly observer: RunObserver
}

export interface RunObserver {
  passed(plugin: string, seconds: number): void
  failed(plugin: string, reason: FailureReason): void
}

/** Runs one plugin so that whatever it does disturbs no other. */
export class PluginRunner {
  readonly plugin: Plugin
  readonly use: RunSettings
  readonly instance: PluginInstance
  readonly status: Status
  /** The plugin's name, with its constant labels when it has any: unique in a host. */
  readonly id: string
  readonly #settings: RunnerSettings
  readonly #logger: Logger
  readonly #backOff: BackOff
  #abort = new AbortController()
  #isAttached = false
  #isRejected = false
  #pass: Promise<void> | undefined
  #lastPassMs: number | undefined
  #cancelTick: (() => void) | undefined
  #instruments: Handles<Plugin['instruments']> | undefined
  #lastFailure: { readonly thrown: unknown } | undefined

  constructor(plugin: Plugin, use: RunSettings, settings: RunnerSettings) {
    this.plugin = plugin
    this.use = use
    this.instance = createPluginInstance(plugin.name, use.labels)
    this.id = runnerId(plugin.name, use.labels)
    this.status = new Status(settings.clock)
    this.#settings = settings
    this.#logger = prefixLogger(settings.logger, `plugin "${this.id}": `)
    this.#backOff = new BackOff(use.intervalMs)
  }

  /** Registers, starts, and collects once. Never rejects; returns what went wrong, as an error with a code. */
  async start(): Promise<unknown> {
    this.#abort = new AbortController()
    this.status.state = 'starting'
    const startedAtMs = this.#settings.clock.monotonic()
    await this.collect()
    this.status.startMs = this.#settings.clock.monotonic() - startedAtMs
    this.#scheduleFirst()
    return this.#lastFailure && startError('plugin', this.id, this.#lastFailure.thrown)
  }

  /** A pass now, or the one that is under way. Never rejects. */
  collect(): Promise<void> {
    return (this.#pass ??= this.#passOnce().finally(() => (this.#pass = undefined)))
  }

  /** A last pass, of a plugin that runs and does not fail. */
  async collectIfHealthy(): Promise<void> {
    if (this.#isAttached && this.#backOff.waitMs(this.#settings.clock.monotonic()) === 0) await this.collect()
  }

  /** A pass if the values are older than they may be, and no back-off is on. */
  collectIfStale(): Promise<void> | undefined {
    if (this.#pass !== undefined) return this.#pass
    if (this.#abort.signal.aborted || this.status.state === 'idle' || this.#isRejected) return undefined
    const nowMs = this.#settings.clock.monotonic()
    if (this.#backOff.waitMs(nowMs) > 0) return undefined
    if (this.#lastPassMs !== undefined && nowMs - this.#lastPassMs < this.use.maxAgeMs) return undefined
    return this.collect()
  }

  /** Detaches and ends its timers. Never rejects. */
  async stop(): Promise<void> {
    this.#cancelTick?.()
    this.#abort.abort()
    // it ends within its time; to stop a plugin while it starts would leave it attached
    await this.#pass
    const ending = await callWithin(this.#settings.clock, this.use.timeoutMs, () => this.plugin.stop?.())
    if (ending === 'late') this.#logger.error(`stop did not return within ${this.use.timeoutMs} ms`)
    else if (!ending.ok)
      this.#logger.error(`stop failed: ${new Status(this.#settings.clock).failed(ending.thrown)}`)
    this.#isAttached = false
    this.status.state = 'stopped'
  }

  async #passOnce(): Promise<void> {
    const { clock } = this.#settings
    const startedAtMs = clock.monotonic()
    const failure = this.#isAttached ? undefined : await this.#attach()
    if (failure !== undefined) return this.#fail(failure.reason, failure.thrown)
    if (this.#abort.signal.aborted) return
    const ending = await this.#collectWithin(startedAtMs)
    if (this.#abort.signal.aborted) return
    if (ending === 'late') return this.#fail('timeout', this.#timeout('collect'))
    if (!ending.ok) return this.#fail('error', ending.thrown)
    this.#lastPassMs = clock.monotonic()
    this.#backOff.succeeded()
    this.#lastFailure = undefined
    this.status.succeeded()
    this.#settings.observer.passed(this.id, (this.#lastPassMs - startedAtMs) / 1000)
  }

  /** Registers the table and starts the plugin. */
  async #attach(): Promise<{ reason: FailureReason; thrown: unknown } | undefined> {
    try {
      this.#instruments ??= this.#settings.registry.addTable(this.instance, this.plugin.instruments)
    } catch (thrown) {
      this.#isRejected = thrown instanceof RegistrationError
      return { reason: 'registration', thrown }
    }
    const context = this.#context(this.#instruments)
    const ending = await callWithin(this.#settings.clock, this.use.timeoutMs, () =>
      this.plugin.start?.(context),
    )
    if (ending === 'late') return { reason: 'timeout', thrown: this.#timeout('start') }
    if (!ending.ok) return { reason: 'start', thrown: ending.thrown }
    this.#isAttached = true
    return undefined
  }

  async #collectWithin(startedAtMs: number): Promise<CallResult<void>> {
    const { clock, registry } = this.#settings
    const { instance, plugin, use } = this
    const pass = ++instance.lastPass
    const abort = new AbortController()
    const signal = AbortSignal.any([abort.signal, this.#abort.signal])
    instance.pass = pass
    const ending = await callWithin<void>(clock, use.timeoutMs, () =>
      plugin.collect?.({ instruments: this.#instruments!, signal, deadlineMs: startedAtMs + use.timeoutMs }),
    )
    instance.pass = 0
    if (ending === 'late') abort.abort()
    else if (ending.ok) registry.endPass(instance, pass)
    return ending
  }

  #fail(reason: FailureReason, thrown: unknown): void {
    if (this.#abort.signal.aborted) return
    this.#lastFailure = { thrown }
    const wasUp = this.status.state !== 'down'
    const words = this.status.failed(thrown)
    this.#backOff.failed(this.#settings.clock.monotonic(), this.#isAttached ? 'collect' : 'start')
    this.#settings.observer.failed(this.id, reason)
    const level = wasUp ? 'error' : 'debug'
    const hint = this.#isRejected ? 'it is left out' : 'its last values are kept, and it is tried again'
    this.#logger[level](`${reason}: ${words}; ${hint}`)
  }

  #timeout(what: string): CollectError {
    const { timeoutMs } = this.use
    return new CollectError(
      'COLLECT_TIMEOUT',
      this.plugin.name,
      `plugin "${this.id}": ${what} did not end within ${timeoutMs} ms; raise timeoutMs, or make it heed its signal`,
    )
  }

  #context(instruments: Handles<Plugin['instruments']>): PluginContext {
    const { registry, events, clock } = this.#settings
    return {
      instruments,
      logger: this.#logger,
      clock,
      signal: this.#abort.signal,
      events: events.sink(this.instance),
      define: <const D extends InstrumentDefinition>(definition: D) =>
        registry.add<D>(this.instance, definition),
      forget: (name) => registry.remove(this.instance, name),
    }
  }

  /** The first tick comes at a random point of the interval, so that plugins don't beat together. */
  #scheduleFirst(): void {
    const { intervalMs, jitterRatio } = this.use
    if (intervalMs > 0) this.#scheduleIn(intervalMs * (jitterRatio === 0 ? 1 : 1 - 0.8 * Math.random()))
  }

  #scheduleIn(delayMs: number): void {
    if (this.#abort.signal.aborted || this.#isRejected) return
    this.#cancelTick = this.#settings.clock.after(delayMs, () => void this.#tick())
  }

  /** Late ticks aren't caught up: the next one is counted from now. */
  async #tick(): Promise<void> {
    const { clock } = this.#settings
    if (this.#backOff.waitMs(clock.monotonic()) === 0) await this.collect()
    const jitterMs = this.use.intervalMs * this.use.jitterRatio * Math.random()
    this.#scheduleIn(Math.max(this.use.intervalMs + jitterMs, this.#backOff.waitMs(clock.monotonic())))
  }
}

/** `libp2p`, or `libp2p{node=a}` for an instance with constant labels. */
export function runnerId(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${quoted(value)}`)
  pairs.sort()
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`
}

/** Quoted where it could be taken for more than one label. */
function quoted(value: string): string {
  return /[,={}"\\]/.test(value) ? JSON.stringify(value) : value
}
