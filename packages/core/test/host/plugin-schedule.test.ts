/** When the plugin runner collects. */
import { createTidegauge, type UseOptions } from '@tidegauge/core'
import { createManualClock, flushPromises } from '@tidegauge/testkit'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createPair } from '../support/pair.js'
import { createPlugin } from '../support/plugin.js'

describe('the scheduler', () => {
  afterEach(() => void vi.restoreAllMocks())

  async function run(
    use: UseOptions,
    ms: number,
    jump = (_clock: ReturnType<typeof createManualClock>) => {},
  ) {
    const clock = createManualClock()
    const times: number[] = []
    const host = createTidegauge({ clock, logger: 'silent' }).use(
      createPlugin({ name: 'p', collect: () => void times.push(clock.monotonic()) }),
      use,
    )
    await host.start()
    jump(clock)
    await clock.advance(ms)
    await host.stop()
    return times
  }

  test('collects once at the start and then in every interval', async () => {
    expect(await run({ intervalMs: 1_000, jitterRatio: 0 }, 3_500)).toEqual([0, 1_000, 2_000, 3_000, 3_500])
  })

  test('does not tick with an interval of 0', async () => {
    expect(await run({ intervalMs: 0 }, 100_000)).toEqual([0, 100_000])
  })

  test('spreads first ticks over the interval, and puts later ones off by a part of it', async () => {
    for (const [random, first, step] of [
      [0, 1_000, 1_000],
      [0.5, 600, 1_050],
      [0.999999, 200, 1_100],
    ] as const) {
      vi.spyOn(Math, 'random').mockReturnValue(random)
      const [, ...ticks] = await run({ intervalMs: 1_000, jitterRatio: 0.1 }, 5_000)
      expect(ticks[0]).toBeCloseTo(first, 0)
      expect(ticks[1] - ticks[0]).toBeCloseTo(step, 0)
    }
  })

  test('does not mind when the wall clock jumps', async () => {
    for (const ms of [-3_600_000, 3_600_000])
      expect(await run({ intervalMs: 1_000, jitterRatio: 0 }, 2_500, (clock) => clock.jump(ms))).toEqual([
        0, 1_000, 2_000, 2_500,
      ])
  })

  test('does not catch up on ticks that were missed while the process was blocked', async () => {
    let nowMs = 0
    let due: (() => void) | undefined
    const clock = {
      now: () => nowMs,
      monotonic: () => nowMs,
      after: (_: number, callback: () => void) => {
        due = callback
        return () => (due = undefined)
      },
    }
    let passes = 0
    const host = createTidegauge({ clock, logger: 'silent' }).use(
      createPlugin({ name: 'p', collect: () => void passes++ }),
      {
        intervalMs: 1_000,
      },
    )
    await host.start()
    nowMs = 60_000
    const fire = due!
    due = undefined
    fire()
    await flushPromises()
    expect(passes).toBe(2)
    expect(due).toBeDefined()
  })

  test('never runs two passes of a plugin at a time, however long one takes', async () => {
    let running = 0
    let max = 0
    let ends: (() => void)[] = []
    const slow = createPlugin({
      name: 'slow',
      collect: async () => {
        max = Math.max(max, ++running)
        await new Promise<void>((resolve) => ends.push(resolve))
        running--
      },
    })
    const pair = createPair(slow, { intervalMs: 100, timeoutMs: 60_000, maxAgeMs: 0 })
    const started = pair.host.start()
    await pair.clock.advance(0)
    ends.shift()!()
    await started
    await pair.clock.advance(10_000)
    const scrapes = Promise.all([pair.memory.scrape(), pair.memory.scrape()])
    await flushPromises()
    expect([max, running]).toEqual([1, 1])
    ends.splice(0).forEach((end) => end())
    await scrapes
    const stopped = pair.host.stop()
    await flushPromises()
    ends.splice(0).forEach((end) => end())
    await stopped
    expect(max).toBe(1)
  })

  test('ticks once for each interval when the host starts again while a tick of before hangs', async () => {
    let end: (() => void) | undefined
    let isHanging = false
    let passes = 0
    const clock = createManualClock()
    const plugin = createPlugin({
      name: 'p',
      collect: () => {
        passes++
        return isHanging ? new Promise<void>((resolve) => (end = resolve)) : undefined
      },
    })
    const host = createTidegauge({ clock, logger: 'silent' }).use(plugin, {
      intervalMs: 1_000,
      jitterRatio: 0,
      timeoutMs: 60_000,
    })
    await host.start()
    isHanging = true
    await clock.advance(1_000)
    const stopped = host.stop()
    await clock.advance(5_000)
    await stopped
    const started = host.start()
    await flushPromises()
    isHanging = false
    end!()
    await started
    await clock.advance(1_000)
    passes = 0
    await clock.advance(10_000)
    expect(passes).toBe(10)
    await host.stop()
    expect(clock.pending).toBe(0)
  })

  test('does not leave a plugin attached that was stopped while it started', async () => {
    const calls: string[] = []
    let end = () => {}
    let fails = true
    const slow = createPlugin({
      name: 'slow',
      start: async () => {
        if (fails) throw new Error('not yet')
        await new Promise<void>((resolve) => (end = resolve))
        calls.push('attached')
      },
      collect: () => void calls.push('collect'),
      stop: () => void calls.push('stop'),
    })
    const clock = createManualClock()
    let endFlush = () => {}
    const blocking = {
      ...createPlugin({ name: 't' }),
      start() {},
      flush: () => new Promise<void>((resolve) => (endFlush = resolve)),
    }
    const host = createTidegauge({ clock, logger: 'silent' })
      .use(slow, { intervalMs: 1_000, jitterRatio: 0 })
      .export(blocking)
    await host.start()
    fails = false
    const stopped = host.stop()
    // the tick falls into the flush
    await clock.advance(1_000)
    endFlush()
    await flushPromises()
    end()
    await clock.advance(1)
    await stopped
    expect(calls).toEqual(['attached', 'stop'])
    await clock.advance(60_000)
    expect(calls).toHaveLength(2)
  })
})
