import { describeThrown, ExportError, type LogOnce, type TransportContext } from '@tidegauge/core'
import type { TransportCounts } from '../counts.js'
import { Chunk } from '../encode/chunk.js'
import { FamilyWriter } from '../encode/family-writer.js'
import type { LineSettings } from '../encode/line-settings.js'
import type { SampleQueue } from '../samples/sample-queue.js'
import type { Sender, SendResult } from '../send/sender.js'
import type { Scope } from './run-queue.js'

/** The event loop gets a turn after this much time. */
const SLICE_MS = 4

/** The reason of a run that ended because the transport was stopped. */
const STOPPED = new Error('stopped before everything was sent')

/** The options of `statsd()` that concern what is sent. */
export interface SendSettings {
  readonly lines: LineSettings
  /** What to do with the lines of a broken connection, which the receiver may have or not. */
  readonly brokenConnections: 'resend' | 'drop'
}

/** What a {@link FlushSender} works with. */
export interface FlushDeps {
  readonly sender: Sender
  readonly samples: SampleQueue
  readonly counts: TransportCounts
  readonly logOnce: LogOnce
}

/** Sends samples and families, one chunk after the other. What could not be sent is due again at the next run. */
export class FlushSender {
  /** Grows with every chunk that was sent or failed, and with every step of writing. */
  progress = 0
  readonly #brokenConnections: SendSettings['brokenConnections']
  readonly #deps: FlushDeps
  readonly #chunk: Chunk
  readonly #families: FamilyWriter
  /** The number of the last flush of families, and of the last one that was sent completely. */
  #lastFlush = 0
  #lastComplete = 0
  #sliceFromMs = 0

  constructor({ lines, brokenConnections }: SendSettings, deps: FlushDeps) {
    this.#brokenConnections = brokenConnections
    this.#deps = deps
    this.#chunk = new Chunk(deps.sender.format)
    this.#families = new FamilyWriter(this.#chunk, lines, deps)
  }

  /** Sends what is due and reports the outcome. Ends early when `signal` is aborted. Never rejects. */
  async run(context: TransportContext, scope: Scope, signal: AbortSignal): Promise<void> {
    const { sender, samples, counts } = this.#deps
    this.#sliceFromMs = performance.now()
    try {
      await this.#sendSamples(signal)
      if (scope !== 'samples') {
        await this.#sendFamilies(context, scope, signal)
        counts.flushes++
      }
      context.report({ outcome: 'success', queueSize: 0 })
      if (samples.isHalfFull) samples.onHalfFull()
    } catch (error) {
      if (error === STOPPED) context.report({ outcome: 'aborted', queueSize: 1 })
      else context.report({ outcome: 'failure', error, queueSize: 1 })
    } finally {
      this.#chunk.reset()
      sender.endRun?.()
    }
  }

  /** Only the samples that are there now, so that families do not wait for later ones. */
  async #sendSamples(signal: AbortSignal): Promise<void> {
    const { sender, samples } = this.#deps
    for (let left = samples.closeChunks(); left > 0; left--) {
      const { bytes, lines } = samples.first!
      const result = await sender.send(bytes)
      if (this.#isDone(result)) samples.removeFirst()
      this.#count(result, lines, bytes.length)
      await this.#pause(signal)
    }
  }

  async #sendFamilies(context: TransportContext, scope: Scope, signal: AbortSignal): Promise<void> {
    const number = ++this.#lastFlush
    const flush = { number, lastComplete: this.#lastComplete, isLast: scope === 'unsent' }
    for (const step of this.#families.write(context.read(), flush)) {
      if (step === 'full') await this.#sendChunk()
      this.progress++
      await this.#pause(signal)
    }
    if (this.#chunk.lines > 0) await this.#sendChunk()
    this.#lastComplete = number
  }

  async #sendChunk(): Promise<void> {
    const { content, lines } = this.#chunk
    const bytes = content.length
    const result = await this.#deps.sender.send(content)
    if (this.#isDone(result)) this.#chunk.commit()
    this.#count(result, lines, bytes)
  }

  /** Whether these lines are not sent again. */
  #isDone({ outcome }: SendResult): boolean {
    return outcome === 'sent' || (outcome === 'doubtful' && this.#brokenConnections === 'drop')
  }

  /** Counts what was sent. Throws when it failed: what comes after it would fail, too. */
  #count(result: SendResult, lines: number, bytes: number): void {
    const { counts, sender } = this.#deps
    this.progress++
    if (result.outcome === 'sent') {
      counts.lines += lines
      counts.datagrams++
      counts.bytes += bytes
      return
    }
    counts.errors++
    if (result.outcome === 'doubtful') {
      counts.doubtfulLines += lines
      if (this.#brokenConnections === 'drop') counts.dropped.connection_broken += lines
    }
    const { error } = result
    throw new ExportError(
      'EXPORT_FAILED',
      `could not send to ${sender.target}: ${describeThrown(error)}`,
      { retryable: true },
      error,
    )
  }

  /** Lets the event loop have a turn when it is due. Throws when the transport was stopped. */
  async #pause(signal: AbortSignal): Promise<void> {
    if (performance.now() - this.#sliceFromMs >= SLICE_MS) {
      await new Promise((resolve) => setImmediate(resolve))
      this.#sliceFromMs = performance.now()
    }
    if (signal.aborted) throw STOPPED
  }
}
