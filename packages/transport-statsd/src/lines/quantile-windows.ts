import type { CumulativeBuckets } from './cumulative-buckets.js'

/** What a series' buckets have counted since the last flush that was sent whole. */
export class QuantileWindows {
  readonly #sent: (CumulativeBuckets | undefined)[] = []
  readonly #latest: (CumulativeBuckets | undefined)[] = []

  /** `wasSent`: whether what this was called for before has gone out. */
  since(
    slot: number,
    now: CumulativeBuckets,
    wasSent: boolean,
  ): Pick<CumulativeBuckets, 'bounds' | 'counts'> {
    if (wasSent) this.#sent[slot] = this.#latest[slot]
    this.#latest[slot] = now
    const before = this.#sent[slot]
    if (before === undefined) return now
    return {
      bounds: now.bounds,
      counts: now.counts.map((count, i) => count - countAt(before, now.bounds[i])),
    }
  }

  forget(slot: number): void {
    this.#sent[slot] = undefined
    this.#latest[slot] = undefined
  }
}

/** What lies at or below a bound, which may have come since. */
function countAt({ bounds, counts }: CumulativeBuckets, bound: number): number {
  const at = bounds.findLastIndex((one) => one <= bound)
  return at < 0 ? 0 : counts[at]
}
