import { describe, expect, test } from 'vitest'
import { BackOff } from '../../src/host/back-off.js'

describe('back-off', () => {
  test('waits for the interval, then twice as long each time, for five minutes at max before it has started', () => {
    const backOff = new BackOff(10_000)
    const waits = Array.from({ length: 8 }, () => {
      backOff.failed(0, 'start')
      return backOff.waitMs(0)
    })
    expect(waits).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000])
    for (let i = 0; i < 5_000; i++) backOff.failed(0, 'start')
    expect(backOff.waitMs(0)).toBe(300_000)
  })

  test('waits half a minute at max once it has started, and never less than its interval', () => {
    const waitsOf = (intervalMs: number) => {
      const backOff = new BackOff(intervalMs)
      return Array.from({ length: 4 }, () => {
        backOff.failed(0, 'collect')
        return backOff.waitMs(0)
      })
    }
    expect(waitsOf(10_000)).toEqual([10_000, 20_000, 30_000, 30_000])
    expect(waitsOf(60_000)).toEqual([60_000, 60_000, 60_000, 60_000])
  })

  test('counts the time that has passed, and never gives a negative wait', () => {
    const backOff = new BackOff(10_000)
    backOff.failed(5_000, 'start')
    expect([5_000, 12_000, 15_000, 99_000].map((nowMs) => backOff.waitMs(nowMs))).toEqual([
      10_000, 3_000, 0, 0,
    ])
  })

  test('begins anew after a success', () => {
    const backOff = new BackOff(10_000)
    backOff.failed(0, 'start')
    backOff.failed(0, 'start')
    backOff.succeeded()
    expect(backOff.waitMs(0)).toBe(0)
    backOff.failed(0, 'start')
    expect(backOff.waitMs(0)).toBe(10_000)
  })

  test('waits a second at min, also for a plugin without an interval', () => {
    const backOff = new BackOff(0)
    backOff.failed(0, 'start')
    expect(backOff.waitMs(0)).toBe(1_000)
  })
})
