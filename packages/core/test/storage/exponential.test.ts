import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  bucketIndex,
  bucketUpperBound,
  ExponentialBuckets,
  type BucketRun,
} from '../../src/storage/exponential.js'
import { runs } from '@tidegauge/testkit'

const positive = fc
  .oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: Number.MIN_VALUE }),
    fc.double({ noNaN: true, min: Number.MIN_VALUE, max: 2 ** -1022 }),
    fc.integer({ min: -1074, max: 1023 }).map((exponent) => 2 ** exponent),
    fc.double({ noNaN: true, min: 1e-6, max: 1e6 }),
  )
  .filter((value) => value > 0)
const finite = fc.oneof(
  positive,
  positive.map((value) => -value),
  fc.constantFrom(0, -0),
)

/** Counts by index, without empty buckets. */
function countsOf(run: BucketRun | undefined): Record<number, number> {
  const counts: Record<number, number> = {}
  if (run === undefined) return counts
  for (let i = 0; i < run.length; i++) if (run.counts[i] !== 0) counts[run.start + i] = run.counts[i]!
  return counts
}

/** What the buckets must hold at this scale, straight from the definition. */
function modelOf(values: readonly number[], scale: number): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const value of values) {
    const index = bucketIndex(value, 20) >> (20 - scale)
    counts[index] = (counts[index] ?? 0) + 1
  }
  return counts
}

describe('bucket index', () => {
  test('puts every positive number between the edges of its bucket, at every scale', () => {
    fc.assert(
      fc.property(positive, fc.integer({ min: -10, max: 20 }), (value, scale) => {
        const index = bucketIndex(value, scale)
        expect(Number.isInteger(index)).toBe(true)
        const lower = bucketUpperBound(index - 1, scale)
        const upper = bucketUpperBound(index, scale)
        // edges that are no powers of two are rounded themselves
        expect(value).toBeGreaterThanOrEqual(lower * (1 - 1e-14))
        expect(value).toBeLessThanOrEqual(upper === Infinity ? upper : upper * (1 + 1e-14))
      }),
      { numRuns: runs(3_000) },
    )
  })

  test('puts powers of two at the upper edge of their bucket, which is inclusive, at every scale', () => {
    for (let scale = -10; scale <= 20; scale++)
      for (const exponent of [-1074, -1073, -1023, -1022, -1021, -1, 0, 1, 2, 64, 1023]) {
        const index = bucketIndex(2 ** exponent, scale)
        const expected = Math.ceil(exponent * 2 ** scale) - 1
        expect(index, `2^${exponent} at scale ${scale}`).toBe(expected)
      }
  })

  test('keeps the neighbours of a power of two apart from it', () => {
    const above = (value: number) => value * (1 + Number.EPSILON)
    const below = (value: number) => value * (1 - Number.EPSILON / 2)
    for (const scale of [0, 1, 3, 8, 20])
      for (const power of [2 ** -300, 0.5, 1, 2, 1024, 2 ** 1000]) {
        const index = bucketIndex(power, scale)
        expect(bucketIndex(above(power), scale)).toBe(index + 1)
        expect(bucketIndex(below(power), scale)).toBe(index)
      }
  })

  test('never falls while values rise', () => {
    fc.assert(
      fc.property(positive, positive, fc.integer({ min: -10, max: 20 }), (a, b, scale) => {
        const [low, high] = a < b ? [a, b] : [b, a]
        expect(bucketIndex(low, scale)).toBeLessThanOrEqual(bucketIndex(high, scale))
      }),
      { numRuns: runs(1_000) },
    )
  })

  test('merges pairs of neighbours when the scale falls by one', () => {
    fc.assert(
      fc.property(positive, fc.integer({ min: -9, max: 20 }), (value, scale) => {
        expect(bucketIndex(value, scale - 1)).toBe(bucketIndex(value, scale) >> 1)
      }),
      { numRuns: runs(2_000) },
    )
  })
})

describe('exponential buckets', () => {
  test('hold every value exactly once, in the bucket that its scale gives it, in any order', () => {
    fc.assert(
      fc.property(
        fc.array(finite, { maxLength: 60 }),
        fc.constantFrom(4, 5, 8, 20, 160),
        (values, maxBuckets) => {
          const buckets = new ExponentialBuckets(maxBuckets)
          for (const value of values) buckets.observe(value)
          expect(buckets.count).toBe(values.length)
          expect(buckets.zeroCount).toBe(values.filter((value) => value === 0).length)
          const above = values.filter((value) => value > 0)
          const below = values.filter((value) => value < 0).map((value) => -value)
          expect(countsOf(buckets.positive)).toEqual(modelOf(above, buckets.scale))
          expect(countsOf(buckets.negative)).toEqual(modelOf(below, buckets.scale))
          for (const run of [buckets.positive, buckets.negative])
            expect(run?.length ?? 0).toBeLessThanOrEqual(maxBuckets)
        },
      ),
      { numRuns: runs(500) },
    )
  })

  test('take the widest range of doubles in four buckets for each sign', () => {
    const buckets = new ExponentialBuckets(4)
    for (const value of [Number.MIN_VALUE, Number.MAX_VALUE, 1, -Number.MIN_VALUE, -Number.MAX_VALUE])
      buckets.observe(value)
    expect(buckets.count).toBe(5)
    expect(buckets.scale).toBeGreaterThanOrEqual(-10)
  })

  test('keep the finest scale for equal values, and lower it no more than they must', () => {
    const buckets = new ExponentialBuckets(160)
    for (let i = 0; i < 10; i++) buckets.observe(3)
    expect(buckets.scale).toBe(20)
    buckets.observe(6)
    const span = (scale: number) => bucketIndex(6, scale) - bucketIndex(3, scale) + 1
    expect(span(buckets.scale)).toBeLessThanOrEqual(160)
    expect(span(buckets.scale + 1)).toBeGreaterThan(160)
  })

  test('grow downwards as well as upwards without losing a count', () => {
    const buckets = new ExponentialBuckets(160, 0)
    const exponents = [50, 49, 20, 60, 0, -40, -41, 100, -59]
    for (const exponent of exponents) buckets.observe(2 ** exponent)
    expect(buckets.scale).toBe(0)
    expect(countsOf(buckets.positive)).toEqual(Object.fromEntries(exponents.map((e) => [e - 1, 1])))
  })

  test('sum what they were given', () => {
    const buckets = new ExponentialBuckets(160)
    for (const value of [1, 2.5, -0.5, 0]) buckets.observe(value)
    expect(buckets.sum).toBe(3)
  })

  test('are empty again after a reset, whatever they held', () => {
    const buckets = new ExponentialBuckets(8)
    for (const value of [1, 1000, -5, 0]) buckets.observe(value)
    buckets.reset(5)
    expect([buckets.count, buckets.sum, buckets.scale, buckets.zeroCount]).toEqual([0, 0, 5, 0])
    buckets.observe(-3)
    expect(countsOf(buckets.negative)).toEqual({ [bucketIndex(3, 5)]: 1 })
    expect(countsOf(buckets.positive)).toEqual({})
  })
})
