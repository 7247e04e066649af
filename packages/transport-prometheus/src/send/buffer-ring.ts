/**
 * A fixed number of buffers: one is filled while the others are written to the socket.
 *
 * This limits the memory of a scrape, and is its back-pressure: while no buffer is free, the writer waits.
 */
export class BufferRing {
  readonly #free: Uint8Array<ArrayBuffer>[] = []
  readonly #waiting: ((buffer: Uint8Array<ArrayBuffer>) => void)[] = []
  readonly #bytes: number
  /** How many buffers may still be created. */
  #remaining: number

  constructor(count: number, bytes: number) {
    this.#remaining = count
    this.#bytes = bytes
  }

  /** A free buffer, or a promise of the next one that is given back. */
  take(): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> {
    const free = this.#free.pop()
    if (free !== undefined) return free
    if (this.#remaining > 0) {
      this.#remaining--
      return new Uint8Array(this.#bytes)
    }
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Gives everybody who waits a new buffer, because the client is gone and no buffer will come back. */
  abandon(): void {
    for (const resolve of this.#waiting.splice(0)) resolve(new Uint8Array(this.#bytes))
  }

  /** Gives a buffer back. It may be larger than before, when a long line made it grow. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    const next = this.#waiting.shift()
    if (next !== undefined) next(buffer)
    else this.#free.push(buffer)
  }
}
