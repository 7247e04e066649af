import type { Gauge } from '@tidegauge/core'
import { describe, expect, test } from 'vitest'
import { createPair } from '../support/pair.js'
import { createPlugin } from '../support/plugin.js'

describe('a plugin that fails and recovers', () => {
  test('is tried again with back-off, keeps its last values, and shows their age', async () => {
    let isBroken = false
    let passes = 0
    const flaky = createPlugin({
      name: 'flaky',
      instruments: { g: { kind: 'gauge', name: 'flaky', help: 'F' } },
      collect: ({ instruments }) => {
        passes++
        if (isBroken) throw new Error('source gone')
        ;(instruments['g'] as Gauge).set(passes)
      },
    })
    const pair = createPair(flaky)
    const successAt = pair.clock.now() / 1000
    await pair.host.start()
    isBroken = true
    await pair.clock.advance(100_000)
    // the first, and those after 1, 2, 4, 8, 16, 30, 30 seconds more
    expect(passes).toBe(9)
    expect(pair.memory.value('flaky')).toBe(1)
    expect(pair.memory.value('tidegauge_plugin_last_success_timestamp_seconds', { plugin: 'flaky' })).toBe(
      successAt,
    )
    expect(pair.log.filter((message) => message.startsWith('error'))).toEqual([
      'error plugin "flaky": error: source gone; its last values are kept, and it is tried again',
    ])
    isBroken = false
    await pair.clock.advance(100_000)
    expect(pair.healthOf('flaky')).toMatchObject({ state: 'up', lastError: 'source gone' })
    expect([pair.up(), pair.failures('error')]).toEqual([1, 8])
    const before = passes
    await pair.clock.advance(10_000)
    expect(passes - before).toBe(10)
    await pair.host.stop()
  })

  test('is started again until it starts, and then collects', async () => {
    let starts = 0
    let passes = 0
    const slow = createPlugin({
      name: 'slow',
      start: () => {
        if (++starts < 4) throw new Error('not yet')
      },
      collect: () => void passes++,
    })
    const pair = createPair(slow)
    await pair.host.start()
    await pair.clock.advance(60_000)
    expect(starts).toBe(4)
    expect(passes).toBeGreaterThan(10)
    expect(pair.failures('start')).toBe(3)
    await pair.host.stop()
  })

  test('is not tried by scrapes while it backs off', async () => {
    let passes = 0
    const bad = createPlugin({
      name: 'bad',
      collect: () => {
        passes++
        throw new Error('no')
      },
    })
    const pair = createPair(bad, { intervalMs: 0, maxAgeMs: 0 })
    await pair.host.start()
    for (let i = 0; i < 20; i++) await pair.memory.scrape()
    expect(passes).toBe(1)
    await pair.clock.advance(1_000)
    for (let i = 0; i < 20; i++) await pair.memory.scrape()
    expect(passes).toBe(2)
    await pair.host.stop()
  })
})
