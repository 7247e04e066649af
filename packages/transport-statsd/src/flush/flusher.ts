import { describeThrown, ExportError, type LogOnce, type TransportContext } from '@tidegauge/core'
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

/** From an `open` to the `stop` after it: a run goes no further than the one that it was asked for in. */
type Life = object

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
  /** Whether what is under way was begun by a tick, found by one, or reported late. */
  #isKnown = false
  #queued: Queued | undefined
  /** Flushes of figures that were begun, and the last of them that was sent whole. */
  #begun = 0
  #lastWhole = 0
  #life: Life | undefined
  /** Chunks whose fate is known, and steps of writing. */
  #progress = 0
  #turnAtMs = 0

  constructor(
    settings: FlusherSettings,
    parts: { sender: Sender; samples: SampleQueue; tally: Tally; logOnce: LogOnce },
  ) {
    this.#settings = settings
    this.#sender = parts.sender
    this.#samples = parts.samples
    this.#tally = parts.tally
    this.#chunk = new Chunk(parts.sender.form)
    this.#families = new FamilyWriter(this.#chunk, settings.lines, parts)
  }

  /** Runs send from now on. */
  open(): void {
    this.#life = {}
    this.#sender.open?.()
  }

  /**
   * Asked at each tick: whether the receiver still holds up what was under way at the last one, so that there is no
   * flush at this one. What began since is waited for.
   */
  isHeldUp(): boolean {
    const isHeldUp = this.#running !== undefined && this.#isKnown
    this.#isKnown = true
    return isHeldUp
  }

  /** The flush of a tick. Never rejects. */
  tick(context: TransportContext): Promise<void> {
    const isFree = this.#running === undefined
    const run = this.run(context, 'all')
    if (isFree) this.#isKnown = true
    return run
  }

  /** Sends now, after what is under way. Rejects with `EXPORT_TIMEOUT` when that takes too long. */
  async flush(context: TransportContext): Promise<void> {
    const run = this.run(context, 'all')
    const isEnded = await waitPatiently(context.clock, run, FLUSH_PATIENCE, () => this.#progress)
    if (isEnded) return
    this.#isKnown = true
    throw this.late()
  }

  /** Sends what is new, as far as the receiver takes it in time, and closes. */
  async stop(context: TransportContext): Promise<void> {
    const { clock } = context
    await waitPatiently(clock, this.run(context, 'rest'), STOP_PATIENCE, () => this.#progress)
    // what is under way goes no further, and what waits for its turn does not begin
    this.#life = undefined
    this.#queued = undefined
    this.#sender.close()
    await waitPatiently(clock, this.#running ?? Promise.resolve(), CLOSE_PATIENCE, () => this.#progress)
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
      if (this.#queued !== queued) return undefined
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
    this.#isKnown = false
    return (this.#running = this.#send(context, what).finally(() => (this.#running = undefined)))
  }

  async #send(context: TransportContext, what: What): Promise<void> {
    const life = this.#life
    if (life === undefined) return
    this.#turnAtMs = performance.now()
    try {
      await this.#sendSamples(life)
      if (what !== 'samples') {
        await this.#sendFigures(context, { life, isLast: what === 'rest' })
        this.#tally.flushes++
      }
      context.report({ outcome: 'success', queueSize: 0 })
      if (this.#samples.isPressing) this.#samples.onPressure()
    } catch (error) {
      if (error === STOPPED) context.report({ outcome: 'aborted', queueSize: 1 })
      else context.report({ outcome: 'failure', error, queueSize: 1 })
    } finally {
      this.#chunk.reset()
      this.#sender.rest?.()
    }
  }

  async #sendFigures(
    context: TransportContext,
    { life, isLast }: { readonly life: Life; readonly isLast: boolean },
  ): Promise<void> {
    const number = ++this.#begun
    for (const step of this.#families.write(context, { number, lastWhole: this.#lastWhole, isLast })) {
      if (step === 'full') await this.#sendChunk()
      this.#progress++
      await this.#breathe(life)
    }
    if (!this.#chunk.isEmpty) await this.#sendChunk()
    this.#lastWhole = number
  }

  async #sendChunk(): Promise<void> {
    const { ready, lines } = this.#chunk
    const bytes = ready.length
    const sending = await this.#sender.send(ready)
    this.#chunk.settle(this.#isDone(sending, lines))
    this.#settle(sending, lines, bytes)
  }

  /** Those that are there now: figures wait for no more than these. */
  async #sendSamples(life: Life): Promise<void> {
    for (let left = this.#samples.waiting(); left > 0; left--) {
      const { bytes, lines } = this.#samples.next()!
      const sending = await this.#sender.send(bytes)
      if (this.#isDone(sending, lines)) this.#samples.shift()
      this.#settle(sending, lines, bytes.length)
      await this.#breathe(life)
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
    this.#progress++
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

  /** Gives the event loop its turn when it is due. Throws when the flusher has been stopped meanwhile. */
  async #breathe(life: Life): Promise<void> {
    if (performance.now() - this.#turnAtMs >= SLICE_MS) {
      await new Promise((resolve) => setImmediate(resolve))
      this.#turnAtMs = performance.now()
    }
    if (this.#life !== life) throw STOPPED
  }
}

/** Thrown where a run ends because of a stop. */
const STOPPED = new Error('stopped before everything was sent')

function wider(a: What, b: What): What {
  return widths.indexOf(a) > widths.indexOf(b) ? a : b
}
