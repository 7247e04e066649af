import type { Clock } from '../clock.js'
import type { EventListener } from '../contract/events.js'
import { describeThrown } from '../errors/describe.js'
import type { Logger } from '../logger.js'
import type { ExportOutcome, Transport, TransportContext } from '../contract/transport.js'
import { BackOff } from './back-off.js'
import type { Identity } from './identify.js'
import { callWithin, type CallResult } from './deadline.js'
import { ExportLog } from './export-log.js'
import { startError } from './start-error.js'
import { Status } from './status.js'

/** A transport that opens a socket or asks a name server has had its time by then. */
const START_TIMEOUT_MS = 15_000
/** The first retry of a start that failed; later ones wait longer. */
const RETRY_MS = 1_000

/** How long a stop may take of a transport whose start ended too late. */
const LATE_STOP_TIMEOUT_MS = 1_000

/** What a transport reads with. */
type ReaderContext = Omit<TransportContext, 'signal' | 'report' | 'logger' | 'clock'>

/** Runs one transport, and counts what it reports of its exports. */
export class TransportRunner {
  readonly transport: Transport
  readonly name: string
  readonly version: string
  readonly status: Status
  readonly exports = { success: 0, failure: 0, aborted: 0 }
  queueSize = 0
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #exportLog: ExportLog
  readonly #subscriptions: (() => void)[] = []
  #abort = new AbortController()
  #isRunning = false
  /** The latest start, until it has ended; never rejects. Two never run at a time. */
  #opening: Promise<void> | undefined
  readonly #backOff = new BackOff(RETRY_MS)

  constructor(transport: Transport, settings: Identity & { readonly clock: Clock; readonly logger: Logger }) {
    this.transport = transport
    this.name = settings.name
    this.version = settings.version
    this.#clock = settings.clock
    this.#logger = settings.logger
    this.#exportLog = new ExportLog(settings)
    this.status = new Status(settings.clock)
  }

  /** Throws `LIFECYCLE_TRANSPORT_START_FAILED`, or the transport's own coded error. */
  async start(context: ReaderContext): Promise<void> {
    const abort = (this.#abort = new AbortController())
    this.status.state = 'starting'
    const startedAtMs = this.#clock.monotonic()
    const earlier = this.#opening
    const result = await callWithin(this.#clock, START_TIMEOUT_MS, async () => {
      await earlier
      const opened = this.#open(context, abort.signal)
      this.#opening = opened.catch(() => {})
      await opened
    })
    // it was stopped while it started
    if (abort.signal.aborted) return
    if (result === 'late' || !result.ok) {
      const thrown = result === 'late' ? lateStart(START_TIMEOUT_MS) : result.thrown
      abort.abort()
      this.status.failed(thrown)
      this.#endSubscriptions()
      throw startError('transport', this.name, thrown)
    }
    this.status.startMs = this.#clock.monotonic() - startedAtMs
    this.status.state = 'up'
    this.#isRunning = true
  }

  /** Starts the transport. A start that ends after it was given up, or after the stop, leaves nothing open. */
  async #open(context: ReaderContext, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    await this.transport.start({
      ...context,
      clock: this.#clock,
      logger: this.#logger,
      signal,
      subscribe: (listener) => this.#subscribe(context, listener),
      report: (outcome) => this.#report(outcome),
    })
    if (!signal.aborted) return
    await this.#callUntil('stop', this.#clock.monotonic() + LATE_STOP_TIMEOUT_MS)
    this.#endSubscriptions()
  }

  /** After a start that failed: milliseconds until the next try. */
  nextTryMs(): number {
    const nowMs = this.#clock.monotonic()
    this.#backOff.failed(nowMs, 'start')
    return this.#backOff.waitMs(nowMs)
  }

  /** Sends what is due, by `deadlineMs` at the latest. Never rejects. */
  async flush(deadlineMs: number): Promise<void> {
    if (!this.#isRunning) return
    const result = await this.#callUntil('flush', deadlineMs)
    if (result !== 'late' && !result.ok) this.#report({ outcome: 'failure', error: result.thrown })
  }

  /** Closes it, by `deadlineMs` at the latest. Never rejects. */
  async stop(deadlineMs: number): Promise<void> {
    if (this.status.state === 'idle' || this.status.state === 'stopped') return
    this.#isRunning = false
    this.#abort.abort()
    const result = await this.#callUntil('stop', deadlineMs)
    if (result !== 'late' && !result.ok) this.#logger.error(`stop failed: ${describeThrown(result.thrown)}`)
    this.#endSubscriptions()
    this.status.state = 'stopped'
  }

  async #callUntil(method: 'flush' | 'stop', deadlineMs: number): Promise<CallResult<void>> {
    const limitMs = Math.max(0, deadlineMs - this.#clock.monotonic())
    const result = await callWithin<void>(this.#clock, limitMs, () =>
      this.transport[method]?.({ deadlineMs }),
    )
    if (result === 'late') this.#logger.error(`${method} did not end within ${Math.round(limitMs)} ms`)
    return result
  }

  #subscribe(context: Pick<TransportContext, 'subscribe'>, listener: EventListener): () => void {
    const end = context.subscribe(listener)
    this.#subscriptions.push(end)
    return end
  }

  #endSubscriptions(): void {
    for (const end of this.#subscriptions.splice(0)) end()
  }

  #report(outcome: ExportOutcome): void {
    this.exports[outcome.outcome]++
    if (outcome.queueSize !== undefined) this.queueSize = outcome.queueSize
    // what ends after the stop is counted, and makes nothing look alive
    if (this.#abort.signal.aborted) return
    if (outcome.outcome === 'success') {
      this.status.succeeded()
      this.#exportLog.succeeded()
    } else if (outcome.outcome === 'failure') this.#exportLog.failed(this.status.failed(outcome.error))
  }
}

function lateStart(timeoutMs: number): Error {
  return new Error(`start did not end within ${timeoutMs} ms`)
}
