import { createTidegauge, type Transport } from '@tidegauge/core'
import { createManualClock, createMemoryTransport, flushPromises } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { createMessages, createPlugin, openHost } from '../support/open-host.js'

const quiet = { intervalMs: 0, maxAgeMs: 0 }

/** Plugins and transports that write down what is called on them. */
function createWitness() {
  const calls: string[] = []
  const note = (call: string) => void calls.push(call)
  return {
    calls,
    plugin: (name: string) =>
      createPlugin({
        name,
        start: () => note(`${name} start`),
        collect: () => note(`${name} collect`),
        stop: () => note(`${name} stop`),
      }),
    transport: (name: string, more: Partial<Transport> = {}): Transport => ({
      name,
      version: '1.0.0',
      apiLevel: 1,
      start: () => note(`${name} start`),
      flush: () => note(`${name} flush`),
      stop: () => note(`${name} stop`),
      ...more,
    }),
  }
}

describe('the life of a host', () => {
  test('starts plugins and then transports in order; stops with a pass, a flush, transports, plugins', async () => {
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
      'p start',
      'p collect',
      'one start',
      'two start',
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
    const { host, memory, handles } = await openHost({ c: { kind: 'counter', name: 'c_total', help: 'C' } })
    handles.c.inc(5)
    await host.stop()
    await host.start()
    handles.c.inc()
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
    const host = createTidegauge({ clock: createManualClock() })
    await expect(host.flush()).rejects.toMatchObject({ code: 'LIFECYCLE_WRONG_STATE', state: 'new' })
    await host.start()
    const wrong = expect.objectContaining({ code: 'LIFECYCLE_WRONG_STATE', state: 'running' })
    expect(() => host.use(createPlugin({ name: 'p' }))).toThrow(wrong)
    expect(() => host.export(createMemoryTransport())).toThrow(wrong)
    await expect(host.start()).rejects.toThrow(
      'start() was called while the host is running, expected new or stopped',
    )
    await host.stop()
    await expect(host.flush()).rejects.toMatchObject({ state: 'stopped' })
  })

  test('opens and calls nothing before it starts', () => {
    const { calls, plugin, transport } = createWitness()
    const clock = createManualClock()
    createTidegauge({ clock }).use(plugin('p')).export(transport('t'))
    expect([calls, clock.pending]).toEqual([[], 0])
  })
})

describe('a transport that can not start', () => {
  const broken = { start: () => Promise.reject(new Error('EADDRINUSE')) }

  test('takes the start back: what ran is stopped, and the host can try again', async () => {
    const { calls, plugin, transport } = createWitness()
    let fails = true
    const flaky = transport('flaky', {
      start: () => {
        if (fails) throw new Error('EADDRINUSE')
      },
    })
    const host = createTidegauge({ clock: createManualClock() })
      .use(plugin('p'), quiet)
      .export(transport('good'))
      .export(flaky)
      .export(transport('never'))
    await expect(host.start()).rejects.toMatchObject({
      code: 'LIFECYCLE_TRANSPORT_START_FAILED',
      message: 'transport "flaky" could not start: EADDRINUSE',
      cause: { message: 'EADDRINUSE' },
    })
    expect(host.state).toBe('stopped')
    expect(calls).toEqual(['p start', 'p collect', 'good start', 'good stop', 'flaky stop', 'p stop'])
    fails = false
    await host.start()
    expect(host.health().healthy).toBe(true)
    await host.stop()
  })

  test('keeps its own error when that has a code of ours', async () => {
    const own = Object.assign(new Error('taken'), { code: 'LIFECYCLE_LISTEN_FAILED' })
    const foreign = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
    for (const [thrown, code] of [
      [own, 'LIFECYCLE_LISTEN_FAILED'],
      [foreign, 'LIFECYCLE_TRANSPORT_START_FAILED'],
      [undefined, 'LIFECYCLE_TRANSPORT_START_FAILED'],
      [
        {
          get code() {
            throw new Error('no')
          },
        },
        'LIFECYCLE_TRANSPORT_START_FAILED',
      ],
    ] as const) {
      const { transport } = createWitness()
      const host = createTidegauge().export(transport('t', { start: () => Promise.reject(thrown) }))
      await expect(host.start()).rejects.toMatchObject({ code })
    }
  })

  test('is left out under tolerate: all, and never flushed', async () => {
    const { calls, plugin, transport } = createWitness()
    const { logger, messages } = createMessages()
    const host = createTidegauge({ clock: createManualClock(), logger, tolerate: 'all' })
      .use(plugin('p'), quiet)
      .export(transport('broken', broken))
      .export(transport('good'))
    await host.start()
    expect(host.health()).toMatchObject({
      healthy: false,
      transports: [
        { name: 'broken', state: 'down', lastError: expect.stringContaining('EADDRINUSE') },
        { name: 'good', state: 'up' },
      ],
    })
    expect(messages).toEqual([expect.stringContaining('transport "broken" is left out')])
    await host.flush()
    await host.stop()
    expect(calls).not.toContain('broken flush')
    expect(calls).toContain('good flush')
  })
})

describe('a plugin that can not start', () => {
  test('is tolerated by default, and fails the start under tolerate: none', async () => {
    for (const thrown of [new Error('no node'), undefined, null, 'text']) {
      const plugin = createPlugin({ name: 'p', start: () => Promise.reject(thrown) })
      const clock = createManualClock()
      const host = createTidegauge({ clock }).use(plugin, quiet)
      await host.start()
      expect(host.health().healthy).toBe(false)
      await host.stop()
      await expect(
        createTidegauge({ clock, tolerate: 'none' }).use(plugin, quiet).start(),
      ).rejects.toMatchObject({
        code: 'LIFECYCLE_PLUGIN_START_FAILED',
        message: expect.stringContaining('plugin "p" could not start: '),
      })
    }
  })

  test('because of its table fails the start under tolerate: none with that error', async () => {
    const instruments = { c: { kind: 'counter', name: 'not good', help: 'C' } } as const
    const host = createTidegauge({ tolerate: 'none' }).use(createPlugin({ name: 'p', instruments }), quiet)
    await expect(host.start()).rejects.toMatchObject({ code: 'REGISTRATION_INVALID_DEFINITION' })
  })
})

describe('flush', () => {
  test('collects and then has every transport send', async () => {
    const { calls, plugin, transport } = createWitness()
    const host = createTidegauge({ clock: createManualClock() })
      .use(plugin('p'), quiet)
      .export(transport('t'))
    await host.start()
    calls.length = 0
    await host.flush()
    expect(calls).toEqual(['p collect', 't flush'])
    await host.stop()
  })

  test('leaves plugins alone that fail or never started, so that a stop is quick', async () => {
    const clock = createManualClock()
    let starts = 0
    const down = createPlugin({
      name: 'down',
      start: () => {
        starts++
        return Promise.reject(new Error('no'))
      },
    })
    const host = createTidegauge({ clock }).use(down, quiet)
    await host.start()
    await host.stop()
    expect(starts).toBe(1)
  })

  test('outlives transports that throw or hang, and tells of them', async () => {
    const clock = createManualClock()
    const { transport } = createWitness()
    const { logger, messages } = createMessages()
    const host = createTidegauge({ clock, logger })
      .export(transport('throws', { flush: () => Promise.reject(new Error('unreachable')) }))
      .export(transport('hangs', { flush: () => new Promise(() => {}), stop: () => new Promise(() => {}) }))
    await host.start()
    const stopped = host.stop()
    await clock.advance(10_000)
    await stopped
    expect(messages).toEqual([
      'error: transport "throws": an export failed: unreachable',
      'error: transport "hangs": flush did not end within 5000 ms',
      'error: transport "hangs": stop did not end within 5000 ms',
    ])
  })
})
