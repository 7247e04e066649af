import type { BucketRun, ExponentialBuckets } from '@tidegauge/core'

/** A histogram as the text formats can tell it: cumulative counts up to each bound. */
export interface ClassicBuckets {
  readonly buckets: readonly { readonly bound: number; readonly count: number }[]
  readonly sum: number
  readonly count: number
}

/**
 * An exponential histogram at the powers of two.
 *
 * Exponential buckets of any scale from 0 up end exactly there, so the counts are exact, and the bounds stay the
 * same while the scale adapts; new ones only join at the ends. Zero and negative values are under `le="0"`.
 */
export function classicBuckets(state: ExponentialBuckets): ClassicBuckets {
  const negatives = state.negative === undefined ? 0 : total(state.negative)
  let count = negatives + state.zeroCount
  const buckets = [{ bound: 0, count }]
  for (const [bound, n] of powersOfTwo(state.positive, state.scale))
    buckets.push({ bound, count: (count += n) })
  // values above 2^1023 have no finite bound above them
  const whole = state.count
  buckets.push({ bound: Infinity, count: whole })
  return { buckets, sum: state.sum, count: whole }
}

/** Counts by the power of two that a bucket ends at or below, ascending. */
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
