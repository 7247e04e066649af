import type { BucketRun, ExponentialBuckets } from '@tidegauge/core'

/** Buckets as `le` counts them: each with all that is below it. The last bound is infinity. */
export interface CumulativeBuckets {
  readonly bounds: readonly number[]
  readonly counts: number[]
  readonly sum: number
}

/** Of a series of a histogram: `cells` holds the count of each bucket, then the sum. */
export function classicBuckets(
  bounds: readonly number[],
  cells: Float64Array,
  at: number,
): CumulativeBuckets {
  const counts: number[] = []
  let count = 0
  for (let i = 0; i < bounds.length; i++) counts.push((count += cells[at + i]))
  return { bounds, counts, sum: cells[at + bounds.length] }
}

/**
 * Of an exponential histogram, at the powers of two: exponential buckets of any scale from 0 up end exactly there, so
 * the counts are exact while the scale adapts. Zero and negative values are under 0. `from: 'lower edge'` gives the
 * lowest bucket's lower edge as a bound, too.
 */
export function exponentialBuckets(
  state: ExponentialBuckets,
  from: 'lower edge' | 'upper edge' = 'upper edge',
): CumulativeBuckets {
  const negatives = state.negative === undefined ? 0 : total(state.negative)
  const bounds = [0]
  const counts = [negatives + state.zeroCount]
  const { start, length, counts: inRun } = state.positive
  for (let i = 0; i < length; i++) {
    const bound = 2 ** Math.ceil((start + i + 1) * 2 ** -state.scale)
    // values above 2^1023 have no finite bound above them
    if (!Number.isFinite(bound)) break
    if (i === 0 && from === 'lower edge') {
      // at a scale below 0 a bucket spans more than one power of two
      const edge = 2 ** Math.floor(start * 2 ** -state.scale)
      if (edge > 0) {
        bounds.push(edge)
        counts.push(counts[0])
      }
    }
    if (bounds.at(-1) !== bound) {
      bounds.push(bound)
      counts.push(counts.at(-1)!)
    }
    counts[counts.length - 1] += inRun[i]
  }
  bounds.push(Number.POSITIVE_INFINITY)
  counts.push(state.count)
  return { bounds, counts, sum: state.sum }
}

/**
 * The value below which a part `q` (0 to 1) of what is counted lies, by straight lines between the bounds; above the
 * last finite bound it is that bound. NaN when nothing is counted. As Prometheus's `histogram_quantile` does it.
 */
export function quantileOf(
  { bounds, counts }: Pick<CumulativeBuckets, 'bounds' | 'counts'>,
  q: number,
): number {
  const count = counts.at(-1)!
  if (!(count > 0)) return Number.NaN
  const rank = q * count
  let i = counts.findIndex((n) => n >= rank)
  // an empty bucket at the start holds no value
  while (counts[i] === 0) i++
  if (i === bounds.length - 1) return bounds.length === 1 ? Number.NaN : bounds[i - 1]
  const upper = bounds[i]
  if (i === 0) return upper <= 0 ? upper : (upper * rank) / counts[0]
  const lower = bounds[i - 1]
  return lower + ((upper - lower) * (rank - counts[i - 1])) / (counts[i] - counts[i - 1])
}

function total(run: BucketRun): number {
  let sum = 0
  for (let i = 0; i < run.length; i++) sum += run.counts[i]
  return sum
}
