const PAGE_BITS = 8
const SLOTS_PER_PAGE = 1 << PAGE_BITS

/**
 * What was sent of each series, by slot: the last total or gauge of each of its lines; NaN where nothing was sent.
 *
 * Pages never move, because a chunk keeps references to them while it is being sent.
 */
export class SentValues {
  readonly #pages: (Float64Array | undefined)[] = []
  readonly #width: number

  /** `width`: lines per series. */
  constructor(width: number) {
    this.#width = width
  }

  /** The page with the slot's values, which start at {@link indexOf}. */
  pageFor(slot: number): Float64Array {
    return (this.#pages[slot >> PAGE_BITS] ??= new Float64Array(SLOTS_PER_PAGE * this.#width).fill(
      Number.NaN,
    ))
  }

  indexOf(slot: number): number {
    return (slot & (SLOTS_PER_PAGE - 1)) * this.#width
  }

  /** Removes the pages without a live series. */
  keep(isLive: (slot: number) => boolean): void {
    for (let i = 0; i < this.#pages.length; i++) {
      const first = i << PAGE_BITS
      let slot = first
      while (slot < first + SLOTS_PER_PAGE && !isLive(slot)) slot++
      if (slot === first + SLOTS_PER_PAGE) this.#pages[i] = undefined
    }
  }

  /** The slot has a new series, of which nothing was sent. */
  forget(slot: number): void {
    const at = this.indexOf(slot)
    this.pageFor(slot).fill(Number.NaN, at, at + this.#width)
  }
}
