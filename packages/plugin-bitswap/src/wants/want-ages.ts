/** The node's own wants at one moment. */
export interface WantlistState {
  /** Blocks that are wanted. */
  readonly size: number
  /** Seconds since the oldest of them was first seen; 0 when there is none. */
  readonly oldestSeconds: number
}

/** An entry of a wantlist. */
export interface WantEntry {
  /** True for an entry that is not wanted any more and waits to be removed. */
  readonly cancel?: boolean
}

/**
 * The ages of wants that carry no time. A want's age counts from the first read that contains it, so that it is too
 * short by up to the time between two reads.
 */
export class WantAges {
  readonly #since = new WeakMap<WantEntry, number>()

  /** Counts the age of a want from this moment. */
  add(want: WantEntry, nowMs: number): void {
    this.#since.set(want, nowMs)
  }

  /** Reads the wants at `nowMs` of a monotonic clock. */
  read(wants: Iterable<WantEntry>, nowMs: number): WantlistState {
    let size = 0
    let oldestMs = nowMs
    for (const want of wants) {
      if (want.cancel === true) continue
      size++
      const since = this.#since.get(want)
      if (since === undefined) this.#since.set(want, nowMs)
      else if (since < oldestMs) oldestMs = since
    }
    return { size, oldestSeconds: (nowMs - oldestMs) / 1000 }
  }
}
