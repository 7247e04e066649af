import type { CumulativeBuckets } from './cumulative-buckets.js'

/** Which flush is being written. */
export interface FlushNumbers {
  /** The first is 1. */
  readonly number: number
  /** The last flush before it that was sent completely; 0 for none. */
  readonly lastComplete: number
}

interface Entry {
  /** As of the last flush that was sent completely. */
  sent: CumulativeBuckets | undefined
  /** As written last, and in which flush. */
  written: CumulativeBuckets
  flush: number
}

/** The buckets of each series at the last flush that was sent completely, by slot. */
export class SentBuckets {
  readonly #entries = new Map<number, Entry>()

  /**
   * What the series counted since the last complete flush. Call it once per series and flush; a flush that fails may
   * not reach every series.
   */
  since(
    slot: number,
    now: CumulativeBuckets,
    { number, lastComplete }: FlushNumbers,
  ): Pick<CumulativeBuckets, 'bounds' | 'counts'> {
    const entry = this.#entries.get(slot)
    if (entry === undefined) {
      this.#entries.set(slot, { sent: undefined, written: now, flush: number })
      return now
    }
    if (entry.flush <= lastComplete) entry.sent = entry.written
    entry.written = now
    entry.flush = number
    const { sent } = entry
    if (sent === undefined) return now
    return {
      bounds: now.bounds,
      counts: now.counts.map((count, i) => count - countUpTo(sent, now.bounds[i])),
    }
  }

  /** The slot's series was removed, or replaced by another. */
  forget(slot: number): void {
    this.#entries.delete(slot)
  }
}

/** How many values were at or below a bound, which may be newer than the buckets. */
function countUpTo({ bounds, counts }: CumulativeBuckets, bound: number): number {
  const at = bounds.findLastIndex((one) => one <= bound)
  return at < 0 ? 0 : counts[at]
}
