import type { TransportCounts } from '../counts.js'
import { ByteBuffer } from '../encode/byte-buffer.js'
import { writeLine, type LineParts, type TagBytes } from '../encode/line-template.js'
import type { ChunkFormat } from '../send/sender.js'

/** Bytes that are sent together. */
export interface SampleChunk {
  readonly bytes: Uint8Array
  readonly lines: number
}

/** How one series of samples is written. */
export interface SampleLine {
  readonly parts: LineParts
  readonly tags: TagBytes
}

/**
 * Samples in the order in which they were recorded, as lines that wait to be sent. When the queue is full, new samples
 * are dropped and counted.
 */
export class SampleQueue {
  /** Called when the queue becomes half full, and by the owner when it still is after a run. */
  onHalfFull: () => void = () => {}
  readonly #format: ChunkFormat
  readonly #maxBytes: number
  readonly #counts: TransportCounts
  /** The lines of the chunk that is not full yet. */
  readonly #open: ByteBuffer
  #openLines = 0
  readonly #closed: SampleChunk[] = []
  #closedBytes = 0

  constructor(
    { format, maxBytes }: { readonly format: ChunkFormat; readonly maxBytes: number },
    counts: TransportCounts,
  ) {
    this.#format = format
    this.#maxBytes = maxBytes
    this.#counts = counts
    this.#open = new ByteBuffer(format.maxBytes)
  }

  /** Adds a sample. Never waits, never throws. */
  add({ parts, tags }: SampleLine, value: number): void {
    const open = this.#open
    if (this.#closedBytes + open.position >= this.#maxBytes) {
      this.#counts.dropped.samples_full++
      return
    }
    const start = open.position
    writeLine(open, parts, tags, value)
    if (this.#netBytes(open.position - start) > this.#format.maxBytes) {
      open.position = start
      this.#counts.dropped.oversized++
      return
    }
    if (this.#netBytes(open.position) > this.#format.maxBytes) this.#close(start)
    this.#openLines++
  }

  /** Closes the open chunk and returns how many chunks wait. Later samples go into another chunk. */
  closeChunks(): number {
    if (this.#openLines > 0) this.#close(this.#open.position)
    return this.#closed.length
  }

  /** The oldest closed chunk. */
  get first(): SampleChunk | undefined {
    return this.#closed[0]
  }

  removeFirst(): void {
    const chunk = this.#closed.shift()
    if (chunk !== undefined) this.#closedBytes -= chunk.bytes.length
  }

  get isHalfFull(): boolean {
    return this.#closedBytes >= this.#maxBytes / 2
  }

  /** Makes a chunk of the bytes before `end`; the rest starts the next. */
  #close(end: number): void {
    const bytes = this.#open.bytes.slice(0, this.#netBytes(end))
    const wasHalfFull = this.isHalfFull
    this.#closed.push({ bytes, lines: this.#openLines })
    this.#closedBytes += bytes.length
    this.#open.removeBefore(end)
    this.#openLines = 0
    if (!wasHalfFull && this.isHalfFull) this.onHalfFull()
  }

  /** Without the last line break where that is not sent. */
  #netBytes(bytes: number): number {
    return this.#format.lastLineBreak === 'sent' ? bytes : bytes - 1
  }
}
