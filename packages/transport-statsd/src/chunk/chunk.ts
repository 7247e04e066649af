import { ByteBuffer } from './byte-buffer.js'
import { Journal } from './journal.js'
import type { ChunkForm } from '../send/sender.js'

/** What became of the lines that were just ended. */
export type Ended = 'fits' | 'full' | 'oversized'

/** A size that is seldom passed: the buffer begins with it and grows when a line needs more. */
const ROOM_FOR_ONE_LINE = 1_024

/**
 * The lines that go out at once: one datagram, or what one connection carries.
 *
 * Lines are written behind one another and ended one by one. The one that no longer fits makes the chunk full: what
 * stands before it is sent, and it becomes the first of the next chunk. No line is ever split, and none is longer
 * than the chunk may be.
 */
export class Chunk {
  readonly buffer: ByteBuffer
  readonly #form: ChunkForm
  readonly #journal = new Journal()
  /** Bytes, lines and entries of the journal that are complete, without the one that came too late. */
  #bytes = 0
  #lines = 0
  #entries = 0
  #start = 0
  #carriedLines = 0

  constructor(form: ChunkForm) {
    this.#form = form
    this.buffer = new ByteBuffer(form.maxBytes + ROOM_FOR_ONE_LINE)
  }

  /** Begins a line, or two that must not be torn apart. */
  begin(): void {
    this.#start = this.buffer.position
  }

  /** Ends what was begun: `page[at]` becomes `value` when it has been sent. */
  end(lines: number, page: Float64Array, at: number, value: number): Ended {
    const { buffer } = this
    if (this.#net(buffer.position - this.#start) > this.#form.maxBytes) {
      buffer.position = this.#start
      return 'oversized'
    }
    this.#journal.add(page, at, value)
    if (this.#net(buffer.position) > this.#form.maxBytes) {
      this.#carriedLines = lines
      return 'full'
    }
    this.#bytes = buffer.position
    this.#lines += lines
    this.#entries = this.#journal.size
    return 'fits'
  }

  /** What is to be sent. It is overwritten after {@link settle}. */
  get ready(): Uint8Array<ArrayBuffer> {
    return this.buffer.bytes.subarray(0, this.#net(this.#bytes))
  }

  get maxBytes(): number {
    return this.#form.maxBytes
  }

  get lines(): number {
    return this.#lines
  }

  get isEmpty(): boolean {
    return this.#lines === 0
  }

  /** Remembers what was sent, or not; the line that came too late is now the first of the next chunk. */
  settle(isSent: boolean): void {
    if (isSent) this.#journal.commit(this.#entries)
    else this.#journal.drop(this.#entries)
    this.buffer.keepFrom(this.#bytes)
    this.#bytes = this.buffer.position
    this.#entries = this.#journal.size
    this.#lines = this.#carriedLines
    this.#carriedLines = 0
  }

  /** Forgets everything that was not sent. */
  reset(): void {
    this.#journal.clear()
    this.buffer.position = 0
    this.#bytes = this.#lines = this.#entries = this.#carriedLines = 0
  }

  /** Bytes on the wire: between datagrams no line break is needed. */
  #net(bytes: number): number {
    return this.#form.lastLineBreak === 'sent' || bytes === 0 ? bytes : bytes - 1
  }
}
