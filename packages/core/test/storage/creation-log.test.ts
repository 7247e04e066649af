import { createManualClock } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { CreationLog } from '../../src/storage/creation-log.js'

describe('creation log', () => {
  test('numbers creations from 1 and knows their time to within a second', async () => {
    const clock = createManualClock(1_000_000)
    const log = new CreationLog(clock)
    expect(log.last).toBe(0)
    const creations: { number: number; atMs: number }[] = []
    for (let i = 0; i < 500; i++) {
      creations.push({ number: log.next(), atMs: clock.now() })
      if (i % 3 === 0) await clock.advance(i * 7)
    }
    expect(creations.map(({ number }) => number)).toEqual(creations.map((_, i) => i + 1))
    for (const { number, atMs } of creations) {
      expect(log.timeOf(number)).toBeLessThanOrEqual(atMs)
      expect(log.timeOf(number)).toBeGreaterThan(atMs - 1_000)
    }
  })

  test('still orders creations when it has thinned out its marks, and never gives a time after the creation', () => {
    let ms = 0
    const log = new CreationLog({ now: () => ms, monotonic: () => ms, after: () => () => {} })
    const creations: number[] = []
    for (let i = 0; i < 20_000; i++) {
      log.next()
      creations.push(ms)
      ms += 1_000
    }
    const reported = creations.map((_, i) => log.timeOf(i + 1))
    expect(reported.every((time, i) => time <= creations[i] && (i === 0 || time >= reported[i - 1]))).toBe(
      true,
    )
    expect(reported[0]).toBe(0)
    const worst = Math.max(...reported.map((time, i) => creations[i] - time))
    expect(worst).toBeLessThan(20_000_000 / 1_000)
  })
})
