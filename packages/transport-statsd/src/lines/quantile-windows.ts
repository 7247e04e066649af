import type { CumulativeBuckets } from './cumulative-buckets.js'

/** The flush that is written. */
export interface FlushNumbers {
  /** The first is 1. */
  readonly number: number
  /** The last one before it that was sent whole; 0 for none. */
  readonly lastWhole: number
}

interface Window {
  /** At the last flush that was sent whole. */
  sent: CumulativeBuckets | undefined
  /** As it was told last, and at which flush. */
  latest: CumulativeBuckets
  at: number
}

/** What a series' buckets have counted since the last flush that was sent whole, by slot. */
export class QuantileWindows {
  readonly #windows = new Map<number, Window>()

  /** To be called once for each series and flush, though a flush that fails may not come so far. */
  since(
    slot: number,
    now: CumulativeBuckets,
    { number, lastWhole }: FlushNumbers,
  ): Pick<CumulativeBuckets, 'bounds' | 'counts'> {
    const window = this.#windows.get(slot)
    if (window === undefined) {
      this.#windows.set(slot, { sent: undefined, latest: now, at: number })
      return now
    }
    if (window.at <= lastWhole) window.sent = window.latest
    window.latest = now
    window.at = number
    const { sent } = window
    if (sent === undefined) return now
    return {
      bounds: now.bounds,
      counts: now.counts.map((count, i) => count - countAt(sent, now.bounds[i])),
    }
  }

  /** The series is gone, or another is in its slot. */
  forget(slot: number): void {
    this.#windows.delete(slot)
  }
}

/** What lies at or below a bound, which may have come since. */
function countAt({ bounds, counts }: CumulativeBuckets, bound: number): number {
  const at = bounds.findLastIndex((one) => one <= bound)
  return at < 0 ? 0 : counts[at]
}
