/** The blocks that were advertised within an interval. Remembers the latest only, up to a number. */
export class RecentBlocks {
  readonly #intervalMs: number
  readonly #maxBlocks: number
  /** When each was added, in monotonic milliseconds, the oldest first. */
  readonly #addedMs = new Map<string, number>()

  constructor(intervalMs: number, maxBlocks: number) {
    this.#intervalMs = intervalMs
    this.#maxBlocks = maxBlocks
  }

  /** Whether the interval since a block was added last has not passed. */
  has(block: string, nowMs: number): boolean {
    const addedMs = this.#addedMs.get(block)
    return addedMs !== undefined && nowMs - addedMs < this.#intervalMs
  }

  /** Starts a block's interval. */
  add(block: string, nowMs: number): void {
    this.#addedMs.delete(block)
    this.#addedMs.set(block, nowMs)
    for (const [oldest, addedMs] of this.#addedMs) {
      if (nowMs - addedMs < this.#intervalMs && this.#addedMs.size <= this.#maxBlocks) break
      this.#addedMs.delete(oldest)
    }
  }

  get size(): number {
    return this.#addedMs.size
  }
}
