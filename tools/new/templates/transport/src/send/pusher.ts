import { ExportError, type TransportContext } from '@tidegauge/core'
import { encodeFamilies } from '../encode/json-lines.js'
import type { MySystemSettings } from '../options.js'
import { describeUrl, post } from './post.js'

/** The reason of a push that ended because the transport was stopped. */
const STOPPED = new Error('stopped before the receiver had answered')

/** Sends all values once per interval, and on request. Pushes never overlap. */
export class Pusher {
  readonly #settings: MySystemSettings
  readonly #context: TransportContext
  readonly #stop = new AbortController()
  #cancelTimer = (): void => {}
  #last: Promise<void> = Promise.resolve()

  /** Starts the interval. Sends nothing yet. */
  constructor(settings: MySystemSettings, context: TransportContext) {
    this.#settings = settings
    this.#context = context
    this.#schedule()
  }

  /**
   * Sends what the registry holds now, after a push that still runs, by `deadlineMs` at the latest.
   * Never rejects: the host receives the outcome through its context.
   */
  push(deadlineMs = Infinity): Promise<void> {
    this.#last = this.#last.then(() => this.#pushNow(deadlineMs))
    return this.#last
  }

  /** Ends the interval, and the push that runs. */
  stop(): Promise<void> {
    this.#cancelTimer()
    this.#stop.abort(STOPPED)
    return this.#last
  }

  #schedule(): void {
    const { intervalMs } = this.#settings
    if (intervalMs > 0) this.#cancelTimer = this.#context.clock.after(intervalMs, () => void this.#tick())
  }

  /** The next tick is counted from the end of this one: a slow receiver is not pushed to twice at a time. */
  async #tick(): Promise<void> {
    const { clock } = this.#context
    await this.#context.collect({ deadlineMs: clock.monotonic() + this.#settings.timeoutMs })
    await this.push()
    if (!this.#stop.signal.aborted) this.#schedule()
  }

  async #pushNow(deadlineMs: number): Promise<void> {
    const { url, timeoutMs } = this.#settings
    const { clock } = this.#context
    if (this.#stop.signal.aborted) return
    const timeout = new AbortController()
    const limitMs = Math.max(0, Math.min(timeoutMs, deadlineMs - clock.monotonic()))
    const cancel = clock.after(limitMs, () => timeout.abort(timeoutError(url, limitMs)))
    try {
      const body = encodeFamilies(this.#context.read())
      await post(url, body, AbortSignal.any([timeout.signal, this.#stop.signal]))
      this.#context.report({ outcome: 'success' })
    } catch (error) {
      this.#context.report(error === STOPPED ? { outcome: 'aborted' } : { outcome: 'failure', error })
    } finally {
      cancel()
    }
  }
}

function timeoutError(url: URL, limitMs: number): ExportError {
  const message = `${describeUrl(url)} did not answer within ${Math.round(limitMs)} ms; raise timeoutMs, or check the receiver`
  return new ExportError('EXPORT_TIMEOUT', message, { retryable: true })
}
