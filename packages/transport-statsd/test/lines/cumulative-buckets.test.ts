import { createTidegauge, defineInstruments, type ExponentialBuckets, type Plugin } from '@tidegauge/core'
import { createMemoryTransport } from '@tidegauge/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { exponentialBuckets, quantileOf } from '../../src/lines/cumulative-buckets.js'
import { QuantileWindows } from '../../src/lines/quantile-windows.js'

describe('a quantile', () => {
  it('lies on a straight line within its bucket', () => {
    const buckets = { bounds: [1, 2, 4, Infinity], counts: [2, 4, 8, 8] }
    expect([0.125, 0.25, 0.5, 0.75, 1].map((q) => quantileOf(buckets, q))).toEqual([0.5, 1, 2, 3, 4])
  })

  it('is the last finite bound when it is above that', () => {
    expect(quantileOf({ bounds: [1, 2, Infinity], counts: [0, 1, 10] }, 0.9)).toBe(2)
  })

  it('is none of nothing, nor of a bucket without bounds', () => {
    expect(quantileOf({ bounds: [1, Infinity], counts: [0, 0] }, 0.5)).toBeNaN()
    expect(quantileOf({ bounds: [Infinity], counts: [5] }, 0.5)).toBeNaN()
  })

  it('of 0 is the lower end of what there is, and a negative first bound stays itself', () => {
    expect(quantileOf({ bounds: [1, 2, 4, Infinity], counts: [0, 0, 3, 3] }, 0)).toBe(2)
    expect(quantileOf({ bounds: [-1, 1, Infinity], counts: [2, 2, 2] }, 0.5)).toBe(-1)
  })
})

describe('what came since the last flush', () => {
  it('grows until it has been sent', () => {
    const windows = new QuantileWindows()
    const now = (...counts: number[]) => ({ bounds: [1, Infinity], counts, sum: 0 })
    expect(windows.since(0, now(1, 2), { number: 1, lastWhole: 0 }).counts).toEqual([1, 2])
    expect(windows.since(0, now(3, 5), { number: 2, lastWhole: 0 }).counts).toEqual([3, 5])
    expect(windows.since(0, now(4, 7), { number: 3, lastWhole: 2 }).counts).toEqual([1, 2])
    windows.forget(0)
    expect(windows.since(0, now(4, 7), { number: 4, lastWhole: 3 }).counts).toEqual([4, 7])
  })

  it('is not what was sent already when a flush between did not come so far', () => {
    const windows = new QuantileWindows()
    const now = (...counts: number[]) => ({ bounds: [1, Infinity], counts, sum: 0 })
    windows.since(0, now(100, 100), { number: 1, lastWhole: 0 })
    expect(windows.since(0, now(100, 110), { number: 3, lastWhole: 1 }).counts).toEqual([0, 10])
    expect(windows.since(0, now(100, 120), { number: 4, lastWhole: 1 }).counts).toEqual([0, 20])
  })

  it('knows what lay below a bound that has come since', () => {
    const windows = new QuantileWindows()
    windows.since(0, { bounds: [0, 2, Infinity], counts: [1, 4, 4], sum: 0 }, { number: 1, lastWhole: 0 })
    const later = { bounds: [0, 1, 2, 4, Infinity], counts: [1, 1, 4, 6, 6], sum: 0 }
    const since = windows.since(0, later, { number: 2, lastWhole: 1 })
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

  it('tells the edge below its lowest bucket, also where a bucket spans many powers of two', async () => {
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

/** What the registry holds after these observations. */
async function stateOf(values: readonly number[], maxBuckets?: number): Promise<ExponentialBuckets> {
  const table = defineInstruments({
    size: {
      kind: 'exponential_histogram',
      name: 'size',
      help: 'Size.',
      ...(maxBuckets !== undefined && { maxBuckets }),
    },
  })
  const plugin: Plugin<typeof table> = {
    name: 'app',
    version: '0.0.0',
    apiLevel: 1,
    instruments: table,
    start: ({ instruments }) => values.forEach((value) => instruments.size.observe(value)),
  }
  const memory = createMemoryTransport()
  const host = createTidegauge().use(plugin, { intervalMs: 0 }).export(memory)
  await host.start()
  onTestFinished(() => host.stop())
  const [family] = memory.context.read({ names: new Set(['size']) })
  const [series] = family.series()
  return series.exponential
}
