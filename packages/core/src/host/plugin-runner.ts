import type { Plugin, PluginContext } from '../contract/plugin.js'
import type { InstrumentDefinition } from '../definition/definition.js'
import type { Handles } from '../definition/handles.js'
import { CollectError, RegistrationError } from '../errors/errors.js'
import { prefixLogger, type Logger } from '../logger.js'
import { CurrentPass } from '../storage/current-pass.js'
import { createPluginInstance, type PluginInstance } from '../storage/plugin-instance.js'
import { BackOff } from './back-off.js'
import type { Identity } from './identify.js'
import { callWithin, waitAtMost, type CallResult } from './deadline.js'
import type { RunSettings } from './options.js'
import type { RunnerDeps } from './runner-deps.js'
import { runnerId } from './runner-id.js'
import type { FailureReason } from './self-metrics.js'
import { StartAttempt } from './start-attempt.js'
import { startError } from './start-error.js'
import { Status } from './status.js'
import { Ticker } from './ticker.js'

interface Failure {
  readonly reason: FailureReason
  readonly thrown: unknown
}

/** Runs one plugin so that whatever it does disturbs no other. */
export class PluginRunner {
  readonly plugin: Plugin
  readonly settings: RunSettings
  readonly instance: PluginInstance
  readonly status: Status
  /** The plugin's name, with its constant labels when it has any: unique in a host. */
  readonly id: string
  readonly #deps: RunnerDeps
  readonly #logger: Logger
  readonly #backOff: BackOff
  #isStopped = true
  #attempt: StartAttempt | undefined
  #isAttached = false
  #isRejected = false
  #pass: Promise<void> | undefined
  #passAbort: AbortController | undefined
  #lastPassMs: number | undefined
  readonly #ticker: Ticker
  #instruments: Handles<Plugin['instruments']> | undefined
  #lastFailure: { readonly thrown: unknown } | undefined

  constructor(
    plugin: Plugin,
    { identity, settings }: { readonly identity: Identity; readonly settings: RunSettings },
    deps: RunnerDeps,
  ) {
    this.plugin = plugin
    this.settings = settings
    this.instance = createPluginInstance(identity.name, settings.labels, identity.version)
    this.id = runnerId(identity.name, settings.labels)
    this.status = new Status(deps.clock)
    this.#deps = deps
    this.#logger = prefixLogger(deps.logger, `plugin "${this.id}": `)
    this.#backOff = new BackOff(settings.intervalMs)
    this.#ticker = new Ticker(deps.clock, settings, {
      run: () => this.collect(),
      waitMs: () => this.#backOff.waitMs(deps.clock.monotonic()),
    })
  }

  /** Adds the plugin's table to the registry, once. Throws what the registry throws. */
  register(): Handles<Plugin['instruments']> {
    return (this.#instruments ??= this.#deps.registry.addTable(this.instance, this.plugin.instruments))
  }

  /** Adds the table before the start, so that its names are known; a clash is reported by the start. */
  tryRegister(): void {
    try {
      this.register()
    } catch {
      // the start tries again and reports it
    }
  }

  /** Takes the handles of a table that is in the registry already. */
  adopt(handles: Handles<Plugin['instruments']>): void {
    this.#instruments = handles
  }

  /** Registers, starts, and collects once. Never rejects; returns what went wrong, as an error with a code. */
  async start(): Promise<unknown> {
    this.#isStopped = false
    this.status.state = 'starting'
    const startedAtMs = this.#deps.clock.monotonic()
    await this.collect()
    this.status.startMs = this.#deps.clock.monotonic() - startedAtMs
    if (!this.#isStopped && !this.#isRejected) this.#ticker.start()
    return this.#lastFailure && startError('plugin', this.id, this.#lastFailure.thrown)
  }

  /** A pass now, or the one that is under way. Never rejects. */
  collect(): Promise<void> {
    if (this.#pass !== undefined) return this.#pass
    // set before the plugin is called: it may ask its host to collect or flush
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#pass = promise
    void this.#passOnce().finally(() => {
      this.#pass = undefined
      resolve()
    })
    return promise
  }

  /** A last pass, of a plugin that runs and does not fail. */
  async collectIfHealthy(): Promise<void> {
    if (this.#isAttached && this.#backOff.waitMs(this.#deps.clock.monotonic()) === 0) await this.collect()
  }

  /** A pass if the values are older than they may be, and no back-off runs. */
  collectIfStale(): Promise<void> | undefined {
    if (this.#pass !== undefined) return this.#pass
    if (this.#isStopped || this.#isRejected) return undefined
    const nowMs = this.#deps.clock.monotonic()
    if (this.#backOff.waitMs(nowMs) > 0) return undefined
    if (this.#lastPassMs !== undefined && nowMs - this.#lastPassMs < this.settings.maxAgeMs) return undefined
    return this.collect()
  }

  /** Detaches and ends its timers, by `deadlineMs` at the latest. Never rejects. */
  async stop(deadlineMs: number): Promise<void> {
    const { clock } = this.#deps
    const leftMs = (): number => Math.max(0, deadlineMs - clock.monotonic())
    this.#isStopped = true
    this.#ticker.stop()
    this.#passAbort?.abort()
    this.#attempt?.abort()
    // to stop a plugin while it starts would leave it attached; one that hangs gets half of the time
    if (this.#pass !== undefined) await waitAtMost(clock, leftMs() / 2, this.#pass)
    if (this.#pass !== undefined) this.#attempt?.abandon()
    const limitMs = Math.min(this.settings.timeoutMs, leftMs())
    const result = await callWithin(clock, limitMs, () => this.plugin.stop?.({ deadlineMs }))
    if (result === 'late') this.#logger.error(`stop did not return within ${Math.round(limitMs)} ms`)
    else if (!result.ok) this.#logger.error(`stop failed: ${new Status(clock).failed(result.thrown)}`)
    this.#isAttached = false
    this.status.state = 'stopped'
  }

  async #passOnce(): Promise<void> {
    const { clock, observer } = this.#deps
    const startedAtMs = clock.monotonic()
    const failure = (this.#isAttached ? undefined : await this.#attach()) ?? (await this.#collectOnce())
    if (this.#isStopped) return
    if (failure !== undefined) return this.#fail(failure)
    this.#lastPassMs = clock.monotonic()
    this.#backOff.succeeded()
    this.#lastFailure = undefined
    this.status.succeeded()
    observer.passed(this.id, (this.#lastPassMs - startedAtMs) / 1000)
  }

  /** Registers the table and starts the plugin. */
  async #attach(): Promise<Failure | undefined> {
    const { timeoutMs } = this.settings
    let instruments: Handles<Plugin['instruments']>
    try {
      instruments = this.register()
    } catch (thrown) {
      // a name may become free when another plugin is removed; a wrong definition stays wrong
      this.#isRejected = thrown instanceof RegistrationError && thrown.code !== 'REGISTRATION_NAME_CLASH'
      return { reason: 'registration', thrown }
    }
    const isClear = (await this.#attempt?.clearAway(timeoutMs)) ?? true
    if (this.#isStopped) return undefined
    if (!isClear) return { reason: 'timeout', thrown: this.#timeout('an earlier start') }
    this.#attempt = new StartAttempt(this.plugin, this.#deps.clock)
    const result = await this.#attempt.run(timeoutMs, this.#context(instruments))
    if (result === 'late') return { reason: 'timeout', thrown: this.#timeout('start') }
    if (!result.ok) return { reason: 'start', thrown: result.thrown }
    this.#isAttached = true
    return undefined
  }

  async #collectOnce(): Promise<Failure | undefined> {
    if (this.#isStopped) return undefined
    const result = await this.#collectWithin()
    if (result === 'late') return { reason: 'timeout', thrown: this.#timeout('collect') }
    return result.ok ? undefined : { reason: 'error', thrown: result.thrown }
  }

  async #collectWithin(): Promise<CallResult<void>> {
    const { clock, registry } = this.#deps
    const { timeoutMs } = this.settings
    const pass = new CurrentPass(this.instance)
    const abort = (this.#passAbort = new AbortController())
    const startedAtMs = clock.monotonic()
    const result = await callWithin<void>(clock, timeoutMs, () =>
      pass.run(() =>
        this.plugin.collect?.({
          instruments: this.#instruments!,
          signal: abort.signal,
          deadlineMs: startedAtMs + timeoutMs,
        }),
      ),
    )
    pass.end(result === 'late' ? 'late' : 'done')
    if (result === 'late') abort.abort()
    else if ((result.ok || isReported(result.thrown)) && !this.#isStopped)
      registry.endPass(this.instance, pass.number)
    // it held the event loop past its time, so that no timer could say so
    return result !== 'late' && result.ok && clock.monotonic() - startedAtMs > timeoutMs ? 'late' : result
  }

  #fail({ reason, thrown }: Failure): void {
    this.#lastFailure = { thrown }
    const wasUp = this.status.state !== 'down'
    const words = this.status.failed(thrown)
    this.#backOff.failed(this.#deps.clock.monotonic(), this.#isAttached ? 'collect' : 'start')
    this.#deps.observer.failed(this.id, reason)
    const level = wasUp ? 'error' : 'debug'
    const hint = this.#isRejected ? 'it is left out' : 'its last values are kept, and it is tried again'
    this.#logger[level](`${reason}: ${words}; ${hint}`)
  }

  #timeout(what: string): CollectError {
    const { timeoutMs } = this.settings
    return new CollectError(
      'COLLECT_TIMEOUT',
      this.instance.plugin,
      `plugin "${this.id}": ${what} did not end within ${timeoutMs} ms; raise timeoutMs, or make it stop when its signal aborts`,
    )
  }

  #context(instruments: Handles<Plugin['instruments']>): Omit<PluginContext, 'signal'> {
    const { registry, events, clock } = this.#deps
    return {
      instruments,
      logger: this.#logger,
      clock,
      events: events.sink(this.instance, this.plugin.eventAttributes),
      define: <const D extends InstrumentDefinition>(definition: D) =>
        registry.add<D>(this.instance, definition),
      forget: (name) => registry.remove(this.instance, name),
    }
  }
}

/** Whether a pass failed only after it had reported what it could read. */
function isReported(thrown: unknown): boolean {
  try {
    return (thrown as Partial<CollectError> | null | undefined)?.isReported === true
  } catch {
    // a proxy of theirs
    return false
  }
}
