/** Starts of a plugin that take longer than they may: never two attachments. */
import { createTidegauge, type Plugin } from '@tidegauge/core'
import { createManualClock, flushPromises, type ManualClock } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { createPlugin } from '../support/plugin.js'

const use = { intervalMs: 1_000, jitterRatio: 0, timeoutMs: 500 }
const wait = (clock: ManualClock, ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve))

/** A plugin that attaches at the end of its start, and detaches what it attached at the end of its stop. */
function createAttaching(
  clock: ManualClock,
  { startMs, stopMs = 0 }: { startMs: number[]; stopMs?: number },
) {
  const seen = { attached: 0, most: 0, starting: 0, mostStarting: 0, starts: 0, signals: [] as AbortSignal[] }
  const plugin: Plugin = createPlugin({
    name: 'slow',
    start: async ({ signal }) => {
      seen.signals.push(signal)
      seen.mostStarting = Math.max(seen.mostStarting, ++seen.starting)
      await wait(clock, startMs[seen.starts++] ?? startMs.at(-1)!)
      seen.starting--
      seen.most = Math.max(seen.most, ++seen.attached)
    },
    stop: async () => {
      if (stopMs > 0) await wait(clock, stopMs)
      seen.attached = 0
    },
  })
  return { plugin, seen }
}

async function startWith(parts: { startMs: number[]; stopMs?: number }) {
  const clock = createManualClock()
  const { plugin, seen } = createAttaching(clock, parts)
  const host = createTidegauge({ clock, logger: 'silent' }).use(plugin, use)
  const started = host.start()
  await clock.advance(500)
  await started
  return { clock, host, seen, health: () => host.health().plugins[0] }
}

describe('a start that is slower than its timeout', () => {
  test('is aborted, with a signal of its own, and reported', async () => {
    const { seen, health } = await startWith({ startMs: [600] })
    expect(seen.signals.map(({ aborted }) => aborted)).toEqual([true])
    expect(health()).toMatchObject({
      state: 'down',
      lastError:
        'plugin "slow": start did not end within 500 ms; raise timeoutMs, or make it stop when its signal aborts',
    })
  })

  test('is detached when it ends after all, and the next has a fresh signal', async () => {
    const { clock, seen, host, health } = await startWith({ startMs: [600, 100] })
    await clock.advance(200)
    expect([seen.starts, seen.attached]).toEqual([1, 0])
    await clock.advance(10_000)
    expect([seen.starts, seen.attached, seen.most]).toEqual([2, 1, 1])
    expect(seen.signals.map(({ aborted }) => aborted)).toEqual([true, false])
    expect(health().state).toBe('up')
    await host.stop()
    expect(seen.attached).toBe(0)
    expect(seen.signals[1].aborted).toBe(true)
  })

  test.each([
    ['ends before the next attempt', [600, 100]],
    ['ends while the next attempt waits for it', [1_800, 100]],
    ['ends after two attempts that waited for it', [3_700, 100]],
    ['is slow again and again', [600, 700, 1_600, 600, 100]],
    ['never is in time', [600]],
  ])('never runs beside another, and never leaves two attachments, when it %s', async (_, startMs) => {
    for (const stopMs of [0, 150, 400]) {
      const { clock, seen, host } = await startWith({ startMs, stopMs })
      for (let i = 0; i < 400; i++) await clock.advance(250)
      expect([seen.most, seen.mostStarting], `stop takes ${stopMs} ms`).toEqual([1, 1])
      const isInTime = startMs.at(-1)! < 500
      expect([host.health().plugins[0].state, seen.attached]).toEqual(isInTime ? ['up', 1] : ['down', 0])
      const stopped = host.stop()
      await clock.advance(6_000)
      await stopped
      expect(seen.attached).toBe(0)
    }
  })

  test('and hangs, is given up after three waits, so that another may start', async () => {
    const { clock, seen, health } = await startWith({ startMs: [10_000_000, 100] })
    await clock.advance(3_500)
    expect(seen.starts).toBe(1)
    expect(health().lastError).toContain('an earlier start did not end within 500 ms')
    await clock.advance(60_000)
    expect([seen.starts, seen.attached, health().state]).toEqual([2, 1, 'up'])
  })

  test('is stopped when it ends after the host has stopped', async () => {
    const { clock, host, seen } = await startWith({ startMs: [20_000] })
    const stopped = host.stop()
    await clock.advance(5_000)
    await stopped
    await clock.advance(20_000)
    expect([seen.most, seen.attached]).toEqual([1, 0])
  })

  test('is stopped when it ends after it was removed', async () => {
    const clock = createManualClock()
    const { plugin, seen } = createAttaching(clock, { startMs: [3_000] })
    const host = createTidegauge({ clock, logger: 'silent' })
    await host.start()
    host.use(plugin, use)
    await flushPromises()
    expect(seen.starts).toBe(1)
    const removed = host.remove(plugin)
    await clock.advance(5_000)
    expect(await removed).toBe(true)
    await clock.advance(60_000)
    expect([seen.starts, seen.most, seen.attached]).toEqual([1, 1, 0])
  })
})

describe('a start in time', () => {
  test('keeps its signal until the stop, and is not stopped by an earlier attempt', async () => {
    const clock = createManualClock()
    const { plugin, seen } = createAttaching(clock, { startMs: [100] })
    const host = createTidegauge({ clock }).use(plugin, use)
    const started = host.start()
    await clock.advance(100)
    await started
    await clock.advance(100_000)
    expect([seen.starts, seen.attached, seen.signals[0].aborted]).toEqual([1, 1, false])
    await host.stop()
    expect([seen.attached, seen.signals[0].aborted]).toEqual([0, true])
  })

  test('that fails has its signal aborted, so that what listens to it is detached', async () => {
    const clock = createManualClock()
    const signals: AbortSignal[] = []
    const host = createTidegauge({ clock, logger: 'silent' }).use(
      createPlugin({
        name: 'p',
        start: ({ signal }) => {
          signals.push(signal)
          if (signals.length < 3) throw new Error('half of it is attached')
        },
      }),
      use,
    )
    await host.start()
    await clock.advance(10_000)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, false])
    await host.stop()
  })
})
