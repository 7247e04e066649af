import { createManualClock, runs } from '@tidegauge/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SlidingWindow } from '../../src/storage/sliding-window.js'

const quantiles = [0, 0.01, 0.25, 0.5, 0.9, 0.99, 1]

/** The nearest-rank quantile of all values. */
function exact(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]
}

/** Values within twenty powers of two, for which the accuracy is promised; where they lie is up to the case. */
const values = fc
  .record({ exponent: fc.integer({ min: -1000, max: 990 }), sign: fc.constantFrom(1, -1) })
  .chain(({ exponent, sign }) =>
    fc.array(
      fc.double({ min: 1, max: 2 ** 19, noNaN: true }).map((value) => sign * value * 2 ** exponent),
      { minLength: 1, maxLength: 80 },
    ),
  )

describe('sliding window', () => {
  test('gives quantiles within 1.2 % of the true ones, for values of any size and sign', () => {
    fc.assert(
      fc.property(values, (given) => {
        const window = new SlidingWindow(createManualClock(), 1_000)
        for (const value of given) window.observe(value)
        for (const [i, quantile] of window.quantiles(quantiles).entries()) {
          const truth = exact(given, quantiles[i])
          expect(Math.abs(quantile - truth) / Math.abs(truth)).toBeLessThan(0.012)
        }
      }),
      { numRuns: runs(300) },
    )
  })

  test('orders negative values, zeros and positive ones', () => {
    const window = new SlidingWindow(createManualClock(), 1_000)
    for (const value of [-100, -1, 0, 0, 1, 100]) window.observe(value)
    const [low, middle, high] = window.quantiles([0, 0.5, 1])
    expect(low).toBeCloseTo(-100, -1)
    expect(middle).toBe(0)
    expect(high).toBeCloseTo(100, -1)
  })

  test('answers with numbers for the largest and the smallest values there are', () => {
    for (const value of [Number.MAX_VALUE, 1e200, 1e-200, 2 ** -1000]) {
      const window = new SlidingWindow(createManualClock(), 1_000)
      window.observe(value)
      const [median] = window.quantiles([0.5])
      expect(Math.abs(median / value - 1), `${value}`).toBeLessThan(0.012)
    }
  })

  test('is empty at first, and answers with NaN', () => {
    expect(new SlidingWindow(createManualClock(), 1_000).quantiles([0.5])).toEqual([Number.NaN])
  })

  test('forgets values after the window, in fifths, and keeps their sum and count', async () => {
    const clock = createManualClock()
    const window = new SlidingWindow(clock, 1_000)
    window.observe(1)
    await clock.advance(500)
    window.observe(100)
    await clock.advance(499)
    expect(window.quantiles([0])[0]).toBeCloseTo(1, 1)
    await clock.advance(201)
    expect(window.quantiles([0])[0]).toBeGreaterThan(98)
    await clock.advance(500)
    expect(window.quantiles([0])).toEqual([Number.NaN])
    expect([window.sum, window.count]).toEqual([101, 2])
  })

  test('forgets everything after a long silence, at once', async () => {
    const clock = createManualClock()
    const window = new SlidingWindow(clock, 1_000)
    window.observe(5)
    await clock.advance(1_000_000_007)
    window.observe(7)
    expect(window.quantiles([0, 1]).map((value) => Math.round(value))).toEqual([7, 7])
  })

  test('does not mind a jump of the wall clock', () => {
    const clock = createManualClock()
    const window = new SlidingWindow(clock, 1_000)
    window.observe(5)
    clock.jump(-3_600_000)
    clock.jump(7_200_000)
    expect(window.quantiles([0.5])[0]).toBeCloseTo(5, 1)
  })

  test('gives equal answers twice', () => {
    const window = new SlidingWindow(createManualClock(), 1_000)
    for (const value of [1, 2, 3]) window.observe(value)
    expect(window.quantiles(quantiles)).toEqual(window.quantiles(quantiles))
  })
})
