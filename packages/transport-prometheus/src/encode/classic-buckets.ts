import type { BucketRun, ExponentialBuckets } from '@tidegauge/core'

/** A histogram as the text formats have it: cumulative counts up to each bound. */
export interface ClassicBuckets {
  readonly buckets: readonly { readonly bound: number; readonly count: number }[]
  readonly sum: number
  readonly count: number
}

/**
 * Converts an exponential histogram to buckets at the powers of two.
 *
 * Exponential buckets of scale 0 and finer have bounds at all powers of two. So the counts are exact, and the bounds
 * stay the same when the scale changes; new ones are only added at both ends. Zero and negative values are in `le="0"`.
 */
export function classicBuckets(state: ExponentialBuckets): ClassicBuckets {
  const negatives = state.negative === undefined ? 0 : total(state.negative)
  let count = negatives + state.zeroCount
  const buckets = [{ bound: 0, count }]
  for (const [bound, n] of powersOfTwo(state.positive, state.scale))
    buckets.push({ bound, count: (count += n) })
  // values above 2^1023 have no finite bound above them
  buckets.push({ bound: Infinity, count: state.count })
  return { buckets, sum: state.sum, count: state.count }
}

/** The counts between powers of two, as pairs of upper bound and count, ascending. */
function powersOfTwo(run: BucketRun, scale: number): [number, number][] {
  const result: [number, number][] = []
  for (let i = 0; i < run.length; i++) {
    const bound = 2 ** Math.ceil((run.start + i + 1) * 2 ** -scale)
    if (!Number.isFinite(bound)) break
    const last = result.at(-1)
    if (last?.[0] === bound) last[1] += run.counts[i]
    else result.push([bound, run.counts[i]])
  }
  return result
}

function total(run: BucketRun): number {
  let sum = 0
  for (let i = 0; i < run.length; i++) sum += run.counts[i]
  return sum
}
