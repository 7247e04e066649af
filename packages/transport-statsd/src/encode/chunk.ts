import type { ChunkFormat } from '../send/sender.js'
import { ByteBuffer } from './byte-buffer.js'
import { PendingValues } from './pending-values.js'

/**
 * What happened to a line: `fits`: it is in the chunk. `full`: the chunk has to be sent first, then the line is the
 * first of the next one. `oversized`: it is longer than a chunk and was removed.
 */
export type LineResult = 'fits' | 'full' | 'oversized'

/** The buffer starts with this much room for the line that no longer fits, and grows when it needs more. */
const LINE_CAPACITY = 1_024

/** The lines that are sent together: one datagram, or the content of one TCP connection. A line is never split. */
export class Chunk {
  readonly buffer: ByteBuffer
  readonly format: ChunkFormat
  /** How many lines fit so far. */
  lines = 0
  readonly #pending = new PendingValues()
  /** Bytes and pending values of these lines. What comes after them belongs to the next chunk. */
  #bytes = 0
  #values = 0
  #lineStart = 0
  #linesOfNext = 0

  constructor(format: ChunkFormat) {
    this.format = format
    this.buffer = new ByteBuffer(format.maxBytes + LINE_CAPACITY)
  }

  /** Starts a line, or two lines that must stay together. They are written to `buffer`. */
  startLine(): void {
    this.#lineStart = this.buffer.position
  }

  /** Ends what was started: `page[at]` becomes `value` once it has been sent. */
  endLine(lines: number, page: Float64Array, at: number, value: number): LineResult {
    const { buffer } = this
    if (this.#netBytes(buffer.position - this.#lineStart) > this.format.maxBytes) {
      buffer.position = this.#lineStart
      return 'oversized'
    }
    this.#pending.add(page, at, value)
    if (this.#netBytes(buffer.position) > this.format.maxBytes) {
      this.#linesOfNext = lines
      return 'full'
    }
    this.#bytes = buffer.position
    this.lines += lines
    this.#values = this.#pending.size
    return 'fits'
  }

  /** The bytes to send. They are overwritten after {@link commit}. */
  get content(): Uint8Array<ArrayBuffer> {
    return this.buffer.bytes.subarray(0, this.#netBytes(this.#bytes))
  }

  /** Sets the values of the lines that were sent, and starts the next chunk with the line that did not fit. */
  commit(): void {
    this.#pending.commit(this.#values)
    this.buffer.removeBefore(this.#bytes)
    this.#bytes = this.buffer.position
    this.#values = this.#pending.size
    this.lines = this.#linesOfNext
    this.#linesOfNext = 0
  }

  /** Removes everything that was not sent. */
  reset(): void {
    this.#pending.clear()
    this.buffer.position = 0
    this.#bytes = this.lines = this.#values = this.#linesOfNext = 0
  }

  /** Without the last line break where that is not sent. */
  #netBytes(bytes: number): number {
    return this.format.lastLineBreak === 'sent' || bytes === 0 ? bytes : bytes - 1
  }
}
