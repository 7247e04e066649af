import { ByteBuffer } from '../chunk/byte-buffer.js'
import type { LineParts } from '../lines/style.js'
import { isValueFirst, type TagStyle } from '../lines/style.js'
import type { ChunkForm } from '../send/sender.js'
import type { Tally } from '../tally.js'

/** Bytes that are ready to be sent at once. */
export interface SampleChunk {
  readonly bytes: Uint8Array
  readonly lines: number
}

/** How one series of samples is written. */
export interface SampleLine {
  readonly parts: LineParts
  readonly tags: { readonly view: DataView; readonly length: number }
}

/**
 * Samples as they came, written down at once and kept until they have been sent, up to a limit in bytes: past it new
 * ones are dropped and counted. Never waits for anybody.
 */
export class SampleQueue {
  /** Called when half of the room is taken, and when it still is after a run. */
  onPressure: () => void = () => {}
  readonly #form: ChunkForm
  readonly #mostBytes: number
  readonly #tally: Tally
  readonly #isValueFirst: boolean
  readonly #open: ByteBuffer
  #openLines = 0
  #full: SampleChunk[] = []
  #fullBytes = 0

  constructor(
    settings: { readonly form: ChunkForm; readonly style: TagStyle; readonly mostBytes: number },
    tally: Tally,
  ) {
    this.#form = settings.form
    this.#mostBytes = settings.mostBytes
    this.#tally = tally
    this.#isValueFirst = isValueFirst(settings.style)
    this.#open = new ByteBuffer(settings.form.maxBytes)
  }

  add({ parts, tags }: SampleLine, value: number): void {
    const open = this.#open
    if (this.#fullBytes + open.position >= this.#mostBytes) {
      this.#tally.dropped.samples_full++
      return
    }
    const start = open.position
    const { view, first, second, third } = parts
    open.copy(view, 0, first)
    if (this.#isValueFirst) open.number(value)
    else open.copy(tags.view, 0, tags.length)
    open.copy(view, first, second)
    if (this.#isValueFirst) open.copy(tags.view, 0, tags.length)
    else open.number(value)
    open.copy(view, first + second, third)
    if (this.#net(open.position - start) > this.#form.maxBytes) {
      open.position = start
      this.#tally.dropped.oversized++
      return
    }
    if (this.#net(open.position) > this.#form.maxBytes) this.#close(start)
    this.#openLines++
  }

  /** How many chunks wait, with what has come so far: what comes later begins another. */
  waiting(): number {
    if (this.#openLines > 0) this.#close(this.#open.position)
    return this.#full.length
  }

  /** The oldest of the chunks that {@link waiting} counted. It stays until {@link shift}. */
  next(): SampleChunk | undefined {
    return this.#full[0]
  }

  /** Forgets the oldest chunk. */
  shift(): void {
    const chunk = this.#full.shift()
    if (chunk !== undefined) this.#fullBytes -= chunk.bytes.length
  }

  /** Whether half of the room is taken. */
  get isPressing(): boolean {
    return this.#fullBytes >= this.#mostBytes / 2
  }

  /** Makes a chunk of what stands before `end`; the rest begins the next. */
  #close(end: number): void {
    const bytes = this.#open.bytes.slice(0, this.#net(end))
    this.#full.push({ bytes, lines: this.#openLines })
    const wasPressing = this.isPressing
    this.#fullBytes += bytes.length
    this.#open.keepFrom(end)
    this.#openLines = 0
    if (!wasPressing && this.isPressing) this.onPressure()
  }

  #net(bytes: number): number {
    return this.#form.lastLineBreak === 'sent' ? bytes : bytes - 1
  }
}
