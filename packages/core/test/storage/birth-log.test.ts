import { createManualClock } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { BirthLog } from '../../src/storage/birth-log.js'

describe('birth log', () => {
  test('numbers births from 1 and knows their time to within a second', async () => {
    const clock = createManualClock(1_000_000)
    const log = new BirthLog(clock)
    expect(log.last).toBe(0)
    const births: { number: number; atMs: number }[] = []
    for (let i = 0; i < 500; i++) {
      births.push({ number: log.next(), atMs: clock.now() })
      if (i % 3 === 0) await clock.advance(i * 7)
    }
    expect(births.map(({ number }) => number)).toEqual(births.map((_, i) => i + 1))
    for (const { number, atMs } of births) {
      expect(log.timeOf(number)).toBeLessThanOrEqual(atMs)
      expect(log.timeOf(number)).toBeGreaterThan(atMs - 1_000)
    }
  })

  test('still orders births when it has thinned out its marks, and never tells a time after the birth', () => {
    let ms = 0
    const log = new BirthLog({ now: () => ms, monotonic: () => ms, after: () => () => {} })
    const births: number[] = []
    for (let i = 0; i < 20_000; i++) {
      log.next()
      births.push(ms)
      ms += 1_000
    }
    const told = births.map((_, i) => log.timeOf(i + 1))
    expect(told.every((time, i) => time <= births[i] && (i === 0 || time >= told[i - 1]))).toBe(true)
    expect(told[0]).toBe(0)
    const worst = Math.max(...told.map((time, i) => births[i] - time))
    expect(worst).toBeLessThan(20_000_000 / 1_000)
  })
})
