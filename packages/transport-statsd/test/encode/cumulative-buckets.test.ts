import { defineInstruments, type ExponentialBuckets } from '@tidegauge/core'
import { startTestHost } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { exponentialBuckets, quantileOf } from '../../src/encode/cumulative-buckets.js'
import { SentBuckets } from '../../src/encode/sent-buckets.js'

describe('a quantile', () => {
  it('is interpolated linearly within its bucket', () => {
    const buckets = { bounds: [1, 2, 4, Infinity], counts: [2, 4, 8, 8] }
    expect([0.125, 0.25, 0.5, 0.75, 1].map((q) => quantileOf(buckets, q))).toEqual([0.5, 1, 2, 3, 4])
  })

  it('is the last finite bound when it is above it', () => {
    expect(quantileOf({ bounds: [1, 2, Infinity], counts: [0, 1, 10] }, 0.9)).toBe(2)
  })

  it('is NaN for no values, and for a bucket without bounds', () => {
    expect(quantileOf({ bounds: [1, Infinity], counts: [0, 0] }, 0.5)).toBeNaN()
    expect(quantileOf({ bounds: [Infinity], counts: [5] }, 0.5)).toBeNaN()
  })

  it('for q = 0 is the lower end of the first bucket with values; a negative first bound stays as it is', () => {
    expect(quantileOf({ bounds: [1, 2, 4, Infinity], counts: [0, 0, 3, 3] }, 0)).toBe(2)
    expect(quantileOf({ bounds: [-1, 1, Infinity], counts: [2, 2, 2] }, 0.5)).toBe(-1)
  })
})

describe('the buckets since the last flush', () => {
  it('grow until they are sent', () => {
    const buckets = new SentBuckets()
    const now = (...counts: number[]) => ({ bounds: [1, Infinity], counts })
    expect(buckets.since(0, now(1, 2), { number: 1, lastComplete: 0 }).counts).toEqual([1, 2])
    expect(buckets.since(0, now(3, 5), { number: 2, lastComplete: 0 }).counts).toEqual([3, 5])
    expect(buckets.since(0, now(4, 7), { number: 3, lastComplete: 2 }).counts).toEqual([1, 2])
    buckets.forget(0)
    expect(buckets.since(0, now(4, 7), { number: 4, lastComplete: 3 }).counts).toEqual([4, 7])
  })

  it('do not include what was sent already when a flush failed before this series', () => {
    const buckets = new SentBuckets()
    const now = (...counts: number[]) => ({ bounds: [1, Infinity], counts })
    buckets.since(0, now(100, 100), { number: 1, lastComplete: 0 })
    expect(buckets.since(0, now(100, 110), { number: 3, lastComplete: 1 }).counts).toEqual([0, 10])
    expect(buckets.since(0, now(100, 120), { number: 4, lastComplete: 1 }).counts).toEqual([0, 20])
  })

  it('count what was below a bound that is new', () => {
    const buckets = new SentBuckets()
    buckets.since(0, { bounds: [0, 2, Infinity], counts: [1, 4, 4] }, { number: 1, lastComplete: 0 })
    const later = { bounds: [0, 1, 2, 4, Infinity], counts: [1, 1, 4, 6, 6] }
    const since = buckets.since(0, later, { number: 2, lastComplete: 1 })
    expect(since.counts).toEqual([0, 0, 0, 2, 2])
  })
})

describe('an exponential histogram', () => {
  it('is exact at the powers of two, and counts everything', async () => {
    const values = [-3, 0, 0.3, 1, 1.5, 2, 2.1, 1e300, 2 ** 1023 * 1.5]
    const { bounds, counts } = exponentialBuckets(await stateOf(values))
    for (const [i, bound] of bounds.entries())
      expect([bound, counts[i]]).toEqual([bound, values.filter((value) => value <= bound).length])
    expect(bounds.at(-1)).toBe(Infinity)
  })

  it('has the lower edge of its lowest bucket, also where a bucket spans many powers of two', async () => {
    const edgeOf = async (values: readonly number[], maxBuckets?: number) => {
      const { bounds, counts } = exponentialBuckets(await stateOf(values, maxBuckets), 'lower edge')
      expect(bounds).toEqual(bounds.toSorted((a, b) => a - b))
      expect(new Set(bounds).size).toBe(bounds.length)
      expect(counts.slice(0, 2)).toEqual([0, bounds[1] < Math.min(...values) ? 0 : values.length])
      return bounds[1]
    }
    expect(await edgeOf([3])).toBe(2)
    expect(await edgeOf([1.01, 1.9])).toBe(1)
    // at scale -4 a bucket spans 16 powers of two: this one ends at 2^-16
    expect(await edgeOf([1e-9, 1e9], 4)).toBe(2 ** -32)
    // a lowest edge that is no number above 0 any more is left out
    expect(await edgeOf([Number.MIN_VALUE, Number.MIN_VALUE], 4)).toBe(Number.MIN_VALUE)
  })
})

/** The exponential histogram after these observations. */
async function stateOf(values: readonly number[], maxBuckets?: number): Promise<ExponentialBuckets> {
  const table = defineInstruments({
    size: {
      kind: 'exponential_histogram',
      name: 'size',
      help: 'Size.',
      ...(maxBuckets !== undefined && { maxBuckets }),
    },
  })
  const { instruments, memory } = await startTestHost(table)
  values.forEach((value) => instruments.size.observe(value))
  const [family] = memory.context.read({ names: new Set(['size']) })
  const [series] = family.series()
  return series.exponential
}
