/** Plugins and transports that are added while the host runs. */
import { createTidegauge } from '@tidegauge/core'
import {
  createManualClock,
  createMemoryTransport,
  flushPromises,
  loggerInto,
  startTestHost,
} from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { createPlugin } from '../support/plugin.js'
import { createWitness } from '../support/witness.js'

const quiet = { intervalMs: 0, maxAgeMs: 0 }
const every = { intervalMs: 1_000, jitterRatio: 0 }
const gauge = { g: { kind: 'gauge', name: 'g', help: 'G' } } as const

describe('a plugin that is added to a running host', () => {
  test('starts and collects; start() waits for it', async () => {
    const { calls, plugin } = createWitness()
    let go!: () => void
    const slow = { ...plugin('slow'), start: () => new Promise<void>((resolve) => (go = resolve)) }
    const host = createTidegauge({ clock: createManualClock() })
    await host.start()
    host.use(slow, quiet)
    let hasStarted = false
    const started = host.start().then(() => (hasStarted = true))
    await flushPromises()
    expect([hasStarted, host.health().plugins[0].state]).toEqual([false, 'starting'])
    go()
    await started
    expect([calls, host.health().plugins[0].state]).toEqual([['slow collect'], 'up'])
    await host.stop()
    expect(calls).toEqual(['slow collect', 'slow collect', 'slow stop'])
  })

  test('that is routed to no transport of the host is refused at once, and not added', async () => {
    const { tidegauge } = await startTestHost({})
    expect(() => tidegauge.use(createPlugin({ name: 'p' }), { transports: ['x'] })).toThrow(
      expect.objectContaining({
        code: 'OPTIONS_UNKNOWN_TRANSPORT',
        message: 'plugin "p": option transports was "x", expected one of the host\'s transports: "memory"',
      }),
    )
    expect(tidegauge.describe().plugins.map(({ name }) => name)).toEqual(['app'])
  })

  test('that can not start is down, is tried again, and fails start() under tolerate: none alone', async () => {
    for (const tolerate of ['plugins', 'none'] as const) {
      let fails = true
      const start = () => {
        if (fails) throw new Error('no node')
      }
      const clock = createManualClock()
      const log: string[] = []
      const host = createTidegauge({ clock, tolerate, logger: loggerInto(log) })
      await host.start()
      host.use(createPlugin({ name: 'p', start }), every)
      const started = host.start()
      if (tolerate === 'none')
        await expect(started).rejects.toMatchObject({ code: 'LIFECYCLE_PLUGIN_START_FAILED' })
      else await started
      expect(host.health().plugins[0]).toMatchObject({ state: 'down', lastError: 'no node' })
      // the error is thrown once
      await host.start()
      fails = false
      await clock.advance(5_000)
      expect(host.health().plugins[0].state).toBe('up')
      await host.stop()
    }
  })

  test('while the host starts, starts once and ticks once for each interval', async () => {
    let go!: () => void
    let starts = 0
    let passes = 0
    const { transport } = createWitness()
    const clock = createManualClock()
    const host = createTidegauge({ clock }).export(
      transport('slow', { start: () => new Promise<void>((resolve) => (go = resolve)) }),
    )
    const started = host.start()
    host.use(createPlugin({ name: 'p', start: () => void starts++, collect: () => void passes++ }), every)
    await flushPromises()
    go()
    await started
    await host.start()
    passes = 0
    await clock.advance(10_000)
    expect([starts, passes]).toEqual([1, 10])
    await host.stop()
    expect(clock.pending).toBe(0)
  })

  test('and removed before it has started, is not started', async () => {
    const { calls, plugin, transport } = createWitness()
    const { tidegauge, memory } = await startTestHost({})
    const [p, t] = [{ ...plugin('p'), instruments: gauge }, transport('t')]
    tidegauge.use(p).export(t)
    await Promise.all([tidegauge.remove(p), tidegauge.remove(t)])
    await tidegauge.start()
    expect(calls.filter((call) => call.endsWith('start'))).toEqual([])
    expect(memory.read()).toEqual([])
  })
})

describe('a component that is removed while the host starts', () => {
  test('does not start when it was not reached yet, and is stopped when it was', async () => {
    const { calls, plugin, transport } = createWitness()
    let go!: () => void
    const slow = transport('slow', { start: () => new Promise<void>((resolve) => (go = resolve)) })
    const [p, t] = [plugin('p'), transport('t')]
    const host = createTidegauge({ clock: createManualClock() }).use(p).export(slow).export(t)
    const started = host.start()
    await flushPromises()
    await Promise.all([host.remove(p), host.remove(t), host.remove(slow)])
    go()
    await started
    expect(calls.filter((call) => call.endsWith('start'))).toEqual([])
    expect(calls.at(-1)).toBe('slow stop')
    expect(host.health()).toMatchObject({ plugins: [], transports: [] })
    await host.stop()
  })
})

describe('a transport that is added to a running host', () => {
  test('starts, reads what there is, and is flushed and stopped with the others', async () => {
    const { calls, transport } = createWitness()
    const { tidegauge, instruments } = await startTestHost(gauge)
    const memory = createMemoryTransport('late')
    instruments.g.set(5)
    tidegauge.export(memory).export(transport('t'))
    await tidegauge.start()
    expect(memory.value('g')).toBe(5)
    await tidegauge.flush()
    await tidegauge.stop()
    expect(calls).toEqual(['t start', 't flush', 't flush', 't stop'])
  })

  test('that can not start is down and fails start(), unless that is tolerated', async () => {
    for (const tolerate of ['plugins', 'all'] as const) {
      const { transport } = createWitness()
      const clock = createManualClock()
      const host = createTidegauge({ clock, logger: 'silent', tolerate })
      await host.start()
      host.export(transport('t', { start: () => Promise.reject(new Error('EADDRINUSE')) }))
      if (tolerate === 'all') await host.start()
      else await expect(host.start()).rejects.toMatchObject({ code: 'LIFECYCLE_TRANSPORT_START_FAILED' })
      expect([host.state, host.health().transports[0].state]).toEqual(['running', 'down'])
      await host.stop()
    }
  })

  test('and is still starting when the host stops, is stopped after its start', async () => {
    for (const end of ['stop', 'remove'] as const) {
      const { calls, transport } = createWitness()
      let go!: () => void
      const slow = transport('slow', {
        start: () =>
          new Promise<void>((resolve) => (go = resolve)).then(() => void calls.push('slow opened')),
      })
      const clock = createManualClock()
      const host = createTidegauge({ clock })
      await host.start()
      host.export(slow)
      await flushPromises()
      const ended = end === 'stop' ? host.stop() : host.remove(slow)
      await flushPromises()
      go()
      await clock.advance(10_000)
      await ended
      expect(calls.at(-1), end).toBe('slow stop')
      expect(host.health().transports.map(({ state }) => state)).not.toContain('up')
      await host.stop()
    }
  })
})
