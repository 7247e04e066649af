import { ExportError, type TransportContext } from '@tidegauge/core'
import { FlushSender, type FlushDeps, type SendSettings } from './flush-sender.js'
import { repeat } from './repeat.js'
import { RunQueue, type Scope } from './run-queue.js'
import { waitForProgress } from './wait-for-progress.js'

/** A scheduled flush waits this long at most for plugins that are collected. */
const MAX_COLLECT_MS = 5_000
/** Without a deadline from the host. */
const DEFAULT_TIMEOUT_MS = 4_500
/** A wait ends this much before the host's deadline, so that the error of this transport is the one that is reported. */
const MARGIN_MS = 100
const FLUSH_IDLE_MS = 2_000
const STOP_IDLE_MS = 1_000
/** Closing a socket ends what waits for it, but not a DNS lookup. */
const CLOSE_TIMEOUT_MS = 200

/** The options of `statsd()` that concern flushes. */
export interface FlushSettings extends SendSettings {
  readonly flushIntervalMs: number
  /** Part of the interval by which a flush comes earlier or later at random, 0 to 1. */
  readonly jitterRatio: number
}

/** Flushes once per interval and on request, one run at a time. */
export class Flusher {
  readonly #settings: FlushSettings
  readonly #deps: FlushDeps
  readonly #flushSender: FlushSender
  readonly #runs = new RunQueue((scope) => this.#run(scope))
  #context: TransportContext | undefined
  #isStopping = false
  #abort = new AbortController()
  #endSchedule = () => {}

  constructor(settings: FlushSettings, deps: FlushDeps) {
    this.#settings = settings
    this.#deps = deps
    this.#flushSender = new FlushSender(settings, deps)
  }

  /** Flushes from now on. */
  start(context: TransportContext): void {
    const { sender, samples } = this.#deps
    const { flushIntervalMs, jitterRatio } = this.#settings
    const { clock } = context
    this.#context = context
    this.#isStopping = false
    this.#abort = new AbortController()
    sender.open?.()
    this.#endSchedule = repeat(
      clock,
      { intervalMs: flushIntervalMs, jitterRatio },
      () => void this.#flushOnSchedule(context),
    )
    samples.onHalfFull = () => void clock.after(0, () => void (this.#isOpen && this.#runs.add('samples')))
  }

  /** Flushes now, after the current run. Rejects with `EXPORT_TIMEOUT` when that takes too long. */
  async flush(deadlineMs?: number): Promise<void> {
    const context = this.#context
    if (context === undefined || this.#isStopping) return
    const limits = { idleMs: FLUSH_IDLE_MS, totalMs: timeLeft(context, deadlineMs) }
    if (await this.#wait(context, this.#runs.add('all'), limits)) return
    if (this.#runs.current !== undefined) this.#runs.current.isBlocking = true
    throw this.#timeoutError()
  }

  /** Sends what was not sent yet, as far as the receiver accepts it in time, and closes the sender. Never rejects. */
  async stop(deadlineMs?: number): Promise<void> {
    const context = this.#context
    if (context === undefined || this.#isStopping) return
    this.#isStopping = true
    this.#endSchedule()
    this.#deps.sender.hurry?.()
    const totalMs = timeLeft(context, deadlineMs) - CLOSE_TIMEOUT_MS
    await this.#wait(context, this.#runs.add('unsent'), { idleMs: STOP_IDLE_MS, totalMs })
    this.#context = undefined
    this.#runs.clear()
    this.#abort.abort()
    this.#deps.sender.close()
    const limits = { idleMs: CLOSE_TIMEOUT_MS, totalMs: CLOSE_TIMEOUT_MS }
    await this.#wait(context, this.#runs.current?.ended ?? Promise.resolve(), limits)
  }

  get #isOpen(): boolean {
    return this.#context !== undefined && !this.#isStopping
  }

  /** Never rejects. Does not flush when the run before it still blocks. */
  async #flushOnSchedule(context: TransportContext): Promise<void> {
    const before = this.#runs.current
    if (before?.isBlocking) {
      context.report({ outcome: 'failure', error: this.#timeoutError(), queueSize: 1 })
      return
    }
    // a run that is not of the schedule may take until the next scheduled flush
    if (before !== undefined) before.isBlocking = true
    const collectMs = Math.min(this.#settings.flushIntervalMs / 2, MAX_COLLECT_MS)
    await context.collect({ deadlineMs: context.clock.monotonic() + collectMs })
    if (context.signal.aborted) return
    const isFree = this.#runs.current === undefined
    const ended = this.#runs.add('all')
    if (isFree && this.#runs.current !== undefined) this.#runs.current.isBlocking = true
    await ended
  }

  async #run(scope: Scope): Promise<void> {
    if (this.#context === undefined) return
    await this.#flushSender.run(this.#context, scope, this.#abort.signal)
  }

  #wait(
    { clock }: TransportContext,
    ended: Promise<void>,
    limits: { idleMs: number; totalMs: number },
  ): Promise<boolean> {
    return waitForProgress(clock, ended, limits, () => this.#flushSender.progress)
  }

  #timeoutError(): ExportError {
    const { counts, sender } = this.#deps
    counts.errors++
    return new ExportError(
      'EXPORT_TIMEOUT',
      `what is due to ${sender.target} is not sent yet: the receiver is slow, or maxBytesPerMs is low; unsent values stay due`,
      { retryable: true },
    )
  }
}

function timeLeft({ clock }: TransportContext, deadlineMs: number | undefined): number {
  return deadlineMs === undefined ? DEFAULT_TIMEOUT_MS : deadlineMs - clock.monotonic() - MARGIN_MS
}
