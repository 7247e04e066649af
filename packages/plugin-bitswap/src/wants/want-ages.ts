/** One's own wants, as they are now. */
export interface WantlistState {
  /** Blocks that are wanted. */
  readonly size: number
  /** Seconds that the oldest of them has been wanted; 0 without any. */
  readonly oldestSeconds: number
}

/** An entry of a wantlist; `cancel` marks one that is no longer wanted and only waits to be taken out. */
export interface WantEntry {
  readonly cancel?: boolean
}

/**
 * Ages of wants that carry no time: each is taken for as old as the first look at it. An age is therefore short by
 * up to the time between two looks.
 */
export class WantAges {
  readonly #since = new WeakMap<WantEntry, number>()

  /** Takes a want for as old as this moment, before any look at it. */
  note(want: WantEntry, nowMs: number): void {
    this.#since.set(want, nowMs)
  }

  /** Looks at the wants, at `nowMs` of a clock that never goes back. */
  look(wants: Iterable<WantEntry>, nowMs: number): WantlistState {
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
