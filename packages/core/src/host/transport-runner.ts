import type { Clock } from '../clock.js'
import type { EventListener } from '../contract/events.js'
import { describeThrown } from '../errors/describe.js'
import type { Logger } from '../logger.js'
import type { ExportOutcome, Transport, TransportContext } from '../contract/transport.js'
import { callWithin } from './deadline.js'
import { startError } from './start-error.js'
import { Status } from './status.js'

const STOP_TIMEOUT_MS = 5_000

/** Runs one transport, and keeps what it tells of its exports. */
export class TransportRunner {
  readonly transport: Transport
  readonly status: Status
  readonly exports = { success: 0, failure: 0, aborted: 0 }
  queueSize = 0
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #subscriptions: (() => void)[] = []
  #abort = new AbortController()
  #isRunning = false

  constructor(transport: Transport, settings: { readonly clock: Clock; readonly logger: Logger }) {
    this.transport = transport
    this.#clock = settings.clock
    this.#logger = settings.logger
    this.status = new Status(settings.clock)
  }

  /** Throws `LIFECYCLE_TRANSPORT_START_FAILED`, or the transport's own coded error. */
  async start(context: Omit<TransportContext, 'signal' | 'report' | 'logger' | 'clock'>): Promise<void> {
    this.#abort = new AbortController()
    this.status.state = 'starting'
    const startedAtMs = this.#clock.monotonic()
    try {
      await this.transport.start({
        ...context,
        clock: this.#clock,
        logger: this.#logger,
        signal: this.#abort.signal,
        subscribe: (listener) => this.#subscribe(context, listener),
        report: (outcome) => this.#report(outcome),
      })
    } catch (thrown) {
      this.status.failed(thrown)
      this.#endSubscriptions()
      throw startError('transport', this.transport.name, thrown)
    }
    this.status.startMs = this.#clock.monotonic() - startedAtMs
    this.status.state = 'up'
    this.#isRunning = true
  }

  /** Sends what is due. Never rejects. */
  async flush(): Promise<void> {
    if (!this.#isRunning) return
    const ending = await callWithin(this.#clock, STOP_TIMEOUT_MS, () => this.transport.flush?.())
    if (ending === 'late') this.#logger.error(`flush did not end within ${STOP_TIMEOUT_MS} ms`)
    else if (!ending.ok) this.#report({ outcome: 'failure', error: ending.thrown })
  }

  /** Never rejects. */
  async stop(): Promise<void> {
    if (this.status.state === 'idle' || this.status.state === 'stopped') return
    this.#isRunning = false
    this.#abort.abort()
    const ending = await callWithin(this.#clock, STOP_TIMEOUT_MS, () => this.transport.stop?.())
    if (ending === 'late') this.#logger.error(`stop did not end within ${STOP_TIMEOUT_MS} ms`)
    else if (!ending.ok) this.#logger.error(`stop failed: ${describeThrown(ending.thrown)}`)
    this.#endSubscriptions()
    this.status.state = 'stopped'
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
    if (outcome.outcome === 'success') this.status.succeeded()
    else if (outcome.outcome === 'failure') {
      const words = this.status.failed(outcome.error)
      this.#logger.error(`an export failed: ${words}`)
    }
  }
}
