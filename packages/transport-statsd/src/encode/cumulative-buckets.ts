import type { BucketRun, ExponentialBuckets } from '@tidegauge/core'

/** Bucket counts as Prometheus's `le` has them: each includes all buckets below it. */
export interface CumulativeBuckets {
  /** Upper bounds; the last one is infinity. */
  readonly bounds: readonly number[]
  readonly counts: readonly number[]
}

/**
 * The buckets of an exponential histogram at the powers of two. Exponential buckets of any scale from 0 up end exactly
 * there, so the counts stay exact while the scale changes. Zero and negative values are in bucket 0.
 *
 * `from: 'lower edge'` adds the lower edge of the lowest bucket as a bound.
 */
export function exponentialBuckets(
  state: ExponentialBuckets,
  from: 'lower edge' | 'upper edge' = 'upper edge',
): CumulativeBuckets {
  const negatives = state.negative === undefined ? 0 : totalOf(state.negative)
  const bounds = [0]
  const counts = [negatives + state.zeroCount]
  const { start, length, counts: bucketCounts } = state.positive
  const width = 2 ** -state.scale
  // at a scale below 0 a bucket spans more than one power of two
  const lowerEdge = from === 'lower edge' && length > 0 ? 2 ** Math.floor(start * width) : 0
  if (lowerEdge > 0 && Number.isFinite(upperPower(start, width))) {
    bounds.push(lowerEdge)
    counts.push(counts[0])
  }
  for (let i = 0; i < length; i++) {
    const bound = upperPower(start + i, width)
    // values above 2^1023 have no finite bound above them
    if (!Number.isFinite(bound)) break
    if (bounds.at(-1) !== bound) {
      bounds.push(bound)
      counts.push(counts.at(-1)!)
    }
    counts[counts.length - 1] += bucketCounts[i]
  }
  bounds.push(Number.POSITIVE_INFINITY)
  counts.push(state.count)
  return { bounds, counts }
}

/**
 * The value below which a part `q` (0 to 1) of the counted values is, interpolated linearly between the bounds, as in
 * Prometheus's `histogram_quantile`. Above the last finite bound it is that bound. NaN when nothing was counted.
 */
export function quantileOf({ bounds, counts }: CumulativeBuckets, q: number): number {
  const count = counts.at(-1)!
  if (!(count > 0)) return Number.NaN
  const rank = q * count
  let i = counts.findIndex((n) => n >= rank)
  // an empty bucket at the start has no value
  while (counts[i] === 0) i++
  if (i === bounds.length - 1) return bounds.length === 1 ? Number.NaN : bounds[i - 1]
  const upper = bounds[i]
  if (i === 0) return upper <= 0 ? upper : (upper * rank) / counts[0]
  const lower = bounds[i - 1]
  return lower + ((upper - lower) * (rank - counts[i - 1])) / (counts[i] - counts[i - 1])
}

/** The power of two at or above the upper bound of a bucket. */
function upperPower(index: number, width: number): number {
  return 2 ** Math.ceil((index + 1) * width)
}

function totalOf(run: BucketRun): number {
  let sum = 0
  for (let i = 0; i < run.length; i++) sum += run.counts[i]
  return sum
}
