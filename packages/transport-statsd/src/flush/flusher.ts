import { describeThrown, ExportError, type Notices, type TransportContext } from '@tidegauge/core'
import { Chunk } from '../chunk/chunk.js'
import { FamilyWriter } from '../lines/family-writer.js'
import type { LineSettings } from '../lines/figure-writer.js'
import type { SampleQueue } from '../samples/sample-queue.js'
import type { Sender, Sending } from '../send/sender.js'
import type { Tally } from '../tally.js'
import { waitPatiently, type Patience } from './patience.js'

/** The host gives a flush 5 s. */
const FLUSH_PATIENCE: Patience = { idleMs: 2_000, mostMs: 4_500 }
const STOP_PATIENCE: Patience = { idleMs: 1_000, mostMs: 4_000 }
/** What is under way ends by itself when its socket is closed; a look-up of a host may not. */
const CLOSE_PATIENCE: Patience = { idleMs: 200, mostMs: 200 }
/** The event loop gets a turn after so long. */
const SLICE_MS = 4

/** What a run sends: samples alone, what is new at the end, or everything; each has the one before in it. */
const widths = ['samples', 'rest', 'all'] as const

type What = (typeof widths)[number]

/** A run that waits for its turn. */
interface Queued {
  what: What
  ended: Promise<void>
}

export interface FlusherSettings {
  readonly name: string
  readonly lines: LineSettings
  /** What becomes of lines that the receiver may have or not. */
  readonly brokenConnections: 'resend' | 'drop'
}

/** Sends what is due, one run at a time. What could not be sent is due again at the next run. */
export class Flusher {
  readonly #settings: FlusherSettings
  readonly #sender: Sender
  readonly #samples: SampleQueue
  readonly #tally: Tally
  readonly #chunk: Chunk
  readonly #families: FamilyWriter
  #running: Promise<void> | undefined
  #queued: Queued | undefined
  #wasSent = true
  #isOpen = false
  /** Chunks whose fate is known. */
  #settled = 0
  #turnAtMs = 0

  constructor(
    settings: FlusherSettings,
    parts: { sender: Sender; samples: SampleQueue; tally: Tally; notices: Notices },
  ) {
    this.#settings = settings
    this.#sender = parts.sender
    this.#samples = parts.samples
    this.#tally = parts.tally
    this.#chunk = new Chunk(parts.sender.form)
    this.#families = new FamilyWriter(this.#chunk, settings.lines, parts)
  }

  get isRunning(): boolean {
    return this.#running !== undefined
  }

  /** Runs send from now on. */
  open(): void {
    this.#isOpen = true
  }

  /** Sends now, after what is under way. Rejects with `EXPORT_TIMEOUT` when that takes too long. */
  async flush(context: TransportContext): Promise<void> {
    const run = this.run(context, 'all')
    const isEnded = await waitPatiently(context.clock, run, FLUSH_PATIENCE, () => this.#settled)
    if (!isEnded) throw this.late()
  }

  /** Sends what is new, as far as the receiver takes it in time, and closes. */
  async stop(context: TransportContext): Promise<void> {
    const { clock } = context
    await waitPatiently(clock, this.run(context, 'rest'), STOP_PATIENCE, () => this.#settled)
    // what waits for its turn must not open anything any more
    this.#isOpen = false
    this.#sender.close()
    await waitPatiently(clock, this.#running ?? Promise.resolve(), CLOSE_PATIENCE, () => this.#settled)
  }

  /** Begins when the run that is under way has ended; calls until then share one. Never rejects. */
  run(context: TransportContext, what: What): Promise<void> {
    if (this.#queued !== undefined) {
      this.#queued.what = wider(this.#queued.what, what)
      return this.#queued.ended
    }
    if (this.#running === undefined) return this.#begin(context, what)
    const queued: Queued = { what, ended: Promise.resolve() }
    queued.ended = this.#running.then(() => {
      this.#queued = undefined
      return this.#begin(context, queued.what)
    })
    this.#queued = queued
    return queued.ended
  }

  late(): ExportError {
    this.#tally.errors++
    return new ExportError(
      'EXPORT_TIMEOUT',
      `the receiver has not yet taken what was sent before (${this.#sender.target}); what is due waits`,
      { retryable: true },
    )
  }

  #begin(context: TransportContext, what: What): Promise<void> {
    return (this.#running = this.#send(context, what).finally(() => (this.#running = undefined)))
  }

  async #send(context: TransportContext, what: What): Promise<void> {
    if (!this.#isOpen) return
    this.#turnAtMs = performance.now()
    try {
      await this.#sendSamples()
      if (what !== 'samples') {
        await this.#sendFigures(context, what)
        this.#tally.flushes++
      }
      context.report({ outcome: 'success', queueSize: 0 })
    } catch (error) {
      if (what !== 'samples') this.#wasSent = false
      context.report({ outcome: 'failure', error, queueSize: 1 })
    } finally {
      this.#chunk.reset()
      this.#sender.rest?.()
    }
  }

  async #sendFigures(context: TransportContext, what: What): Promise<void> {
    const wasSent = this.#wasSent
    for (const step of this.#families.write(context, { wasSent, isLast: what === 'rest' })) {
      if (step === 'full') await this.#sendChunk()
      await this.#breathe()
    }
    if (!this.#chunk.isEmpty) await this.#sendChunk()
    this.#wasSent = true
  }

  async #sendChunk(): Promise<void> {
    const { ready, lines } = this.#chunk
    const bytes = ready.length
    const sending = await this.#sender.send(ready)
    this.#chunk.settle(this.#isDone(sending, lines))
    this.#settle(sending, lines, bytes)
  }

  async #sendSamples(): Promise<void> {
    for (let chunk = this.#samples.next(); chunk !== undefined; chunk = this.#samples.next()) {
      const sending = await this.#sender.send(chunk.bytes)
      if (this.#isDone(sending, chunk.lines)) this.#samples.shift()
      this.#settle(sending, chunk.lines, chunk.bytes.length)
      await this.#breathe()
    }
  }

  /** Whether these lines need not be sent any more. */
  #isDone({ outcome }: Sending, lines: number): boolean {
    if (outcome === 'doubtful') {
      this.#tally.doubtfulLines += lines
      if (this.#settings.brokenConnections === 'drop') this.#tally.dropped.connection_broken += lines
    }
    return outcome === 'sent' || (outcome === 'doubtful' && this.#settings.brokenConnections === 'drop')
  }

  /** Counts; throws when it was not sent: what comes after it would fare no better. */
  #settle(sending: Sending, lines: number, bytes: number): void {
    this.#settled++
    if (sending.outcome === 'sent') {
      this.#tally.lines += lines
      this.#tally.datagrams++
      this.#tally.bytes += bytes
      return
    }
    this.#tally.errors++
    const { error } = sending
    throw new ExportError(
      'EXPORT_FAILED',
      `could not send to ${this.#sender.target}: ${describeThrown(error)}`,
      { retryable: true },
      error,
    )
  }

  async #breathe(): Promise<void> {
    if (performance.now() - this.#turnAtMs < SLICE_MS) return
    await new Promise((resolve) => setImmediate(resolve))
    this.#turnAtMs = performance.now()
  }
}

function wider(a: What, b: What): What {
  return widths.indexOf(a) > widths.indexOf(b) ? a : b
}
