import { createTidegauge } from '@tidegauge/core'
import { createManualClock, flushPromises, startTestHost } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { createPlugin } from '../support/plugin.js'
import { createWitness } from '../support/witness.js'

const quiet = { intervalMs: 0, maxAgeMs: 0 }

describe('the life of a host', () => {
  test('starts transports in order and then plugins; stops with a pass, a flush, transports, plugins', async () => {
    const { calls, plugin, transport } = createWitness()
    const host = createTidegauge({ clock: createManualClock() })
      .use(plugin('p'), quiet)
      .export(transport('one'))
      .export(transport('two'))
    expect(host.state).toBe('new')
    await host.start()
    expect(host.state).toBe('running')
    await host.stop()
    expect(host.state).toBe('stopped')
    expect(calls).toEqual([
      'one start',
      'two start',
      'p start',
      'p collect',
      'p collect',
      'one flush',
      'two flush',
      'one stop',
      'two stop',
      'p stop',
    ])
  })

  test('leaves no timer behind when it stops', async () => {
    const clock = createManualClock()
    const host = createTidegauge({ clock }).use(createPlugin({ name: 'p' }))
    await host.start()
    expect(clock.pending).toBe(1)
    await host.stop()
    expect(clock.pending).toBe(0)
  })

  test('may be stopped more than once, before it was started, and by two at a time', async () => {
    const { calls, plugin } = createWitness()
    const host = createTidegauge({ clock: createManualClock() }).use(plugin('p'), quiet)
    await host.stop()
    expect(calls).toEqual([])
    await host.start()
    await Promise.all([host.stop(), host.stop()])
    await host.stop()
    expect(calls.filter((call) => call === 'p stop')).toHaveLength(1)
  })

  test('is stopped in the end when stop() is called while it starts', async () => {
    const { calls, plugin, transport } = createWitness()
    let go!: () => void
    const slow = transport('slow', { start: () => new Promise<void>((resolve) => (go = resolve)) })
    const host = createTidegauge({ clock: createManualClock() }).use(plugin('p'), quiet).export(slow)
    const started = host.start()
    await flushPromises()
    const stopped = host.stop()
    go()
    await Promise.all([started, stopped])
    expect(host.state).toBe('stopped')
    expect(calls.slice(-2)).toEqual(['slow stop', 'p stop'])
  })

  test('begins again after a stop, with the values that it had', async () => {
    const {
      tidegauge: host,
      memory,
      instruments,
    } = await startTestHost({ c: { kind: 'counter', name: 'c_total', help: 'C' } })
    instruments.c.inc(5)
    await host.stop()
    await host.start()
    instruments.c.inc()
    expect(memory.value('c_total')).toBe(6)
    expect(host.health().healthy).toBe(true)
    await host.stop()
  })

  test('ticks once for each interval after a restart', async () => {
    const clock = createManualClock()
    let passes = 0
    const host = createTidegauge({ clock }).use(createPlugin({ name: 'p', collect: () => void passes++ }), {
      intervalMs: 1_000,
      jitterRatio: 0,
    })
    for (let i = 0; i < 3; i++) {
      await host.start()
      await clock.advance(2_500)
      await host.stop()
    }
    await host.start()
    passes = 0
    await clock.advance(10_000)
    expect(passes).toBe(10)
    await host.stop()
  })

  test('refuses calls in the wrong state, and says which states are right', async () => {
    const { plugin, transport } = createWitness()
    let go!: () => void
    const slow = transport('slow', { flush: () => new Promise<void>((resolve) => (go = resolve)) })
    const host = createTidegauge({ clock: createManualClock() }).export(slow)
    await expect(host.flush()).rejects.toMatchObject({ code: 'LIFECYCLE_WRONG_STATE', state: 'new' })
    await host.start()
    const stopped = host.stop()
    await flushPromises()
    const wrong = expect.objectContaining({
      code: 'LIFECYCLE_WRONG_STATE',
      state: 'stopping',
      message: expect.stringContaining('was called while the host is stopping, expected new or'),
    })
    expect(() => host.use(plugin('p'))).toThrow(wrong)
    expect(() => host.export(transport('t'))).toThrow(wrong)
    expect(() => host.instruments('app', {})).toThrow(wrong)
    await expect(host.start()).rejects.toThrow(wrong)
    go()
    await stopped
    await expect(host.flush()).rejects.toMatchObject({ state: 'stopped' })
    expect(host.describe()).toMatchObject({ plugins: [], transports: [{ name: 'slow' }] })
  })

  test('opens and calls nothing before it starts', () => {
    const { calls, plugin, transport } = createWitness()
    const clock = createManualClock()
    createTidegauge({ clock }).use(plugin('p')).export(transport('t'))
    expect([calls, clock.pending]).toEqual([[], 0])
  })
})
