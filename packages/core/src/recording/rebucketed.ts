import { bucketOf } from './bucket-of.js'

/**
 * A histogram's numbers (its buckets, then its sum) under other bounds: the count of each bucket goes to the first
 * that is not below its upper bound.
 */
export function rebucketed(
  numbers: Float64Array,
  from: readonly number[],
  to: readonly number[],
): Float64Array {
  const result = new Float64Array(to.length + 2)
  for (let i = 0; i <= from.length; i++) result[newBucket(i, from, to)] += numbers[i]
  result[to.length + 1] = numbers[from.length + 1]
  return result
}

/** Where the bucket with this index goes. */
export function newBucket(index: number, from: readonly number[], to: readonly number[]): number {
  return index < from.length ? bucketOf(to, from[index]) : to.length
}
