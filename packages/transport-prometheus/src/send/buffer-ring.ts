/**
 * A few buffers that take turns: one is filled while others are on their way to the socket.
 *
 * This bounds what a scrape holds, and is its back-pressure: with none free, the writer waits.
 */
export class BufferRing {
  readonly #free: Uint8Array<ArrayBuffer>[] = []
  readonly #waiting: ((buffer: Uint8Array<ArrayBuffer>) => void)[] = []
  readonly #bytes: number
  #left: number

  constructor(count: number, bytes: number) {
    this.#left = count
    this.#bytes = bytes
  }

  /** A free buffer now, or a promise of the next one. */
  take(): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> {
    const free = this.#free.pop()
    if (free !== undefined) return free
    if (this.#left > 0) {
      this.#left--
      return new Uint8Array(this.#bytes)
    }
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Lets whoever waits go on, with a buffer that nobody will read: the client is gone. */
  abandon(): void {
    for (const resolve of this.#waiting.splice(0)) resolve(new Uint8Array(this.#bytes))
  }

  /** Gives a buffer back. One that a long line made larger is kept as it is. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    const next = this.#waiting.shift()
    if (next !== undefined) next(buffer)
    else this.#free.push(buffer)
  }
}
