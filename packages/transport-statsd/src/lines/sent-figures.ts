const PAGE_BITS = 8
const PAGE_SLOTS = 1 << PAGE_BITS

/**
 * What the receiver has been told of each series, by slot: the total up to which deltas were told, the last value of
 * a gauge; NaN before the first time. Pages never move, so that a place can be kept while a chunk is under way.
 */
export class SentFigures {
  readonly #pages: (Float64Array | undefined)[] = []
  readonly #width: number

  constructor(width: number) {
    this.#width = width
  }

  /** The page with the slot's figures, which begin at {@link indexOf}. */
  pageFor(slot: number): Float64Array {
    return (this.#pages[slot >> PAGE_BITS] ??= new Float64Array(PAGE_SLOTS * this.#width).fill(Number.NaN))
  }

  indexOf(slot: number): number {
    return (slot & (PAGE_SLOTS - 1)) * this.#width
  }

  /** Lets go of the pages on which no series lives. */
  keep(isLive: (slot: number) => boolean): void {
    for (let i = 0; i < this.#pages.length; i++) {
      const first = i << PAGE_BITS
      let slot = first
      while (slot < first + PAGE_SLOTS && !isLive(slot)) slot++
      if (slot === first + PAGE_SLOTS) this.#pages[i] = undefined
    }
  }

  /** A new series is in the slot, of which nothing has been told. */
  forget(slot: number): void {
    const at = this.indexOf(slot)
    this.pageFor(slot).fill(Number.NaN, at, at + this.#width)
  }
}
