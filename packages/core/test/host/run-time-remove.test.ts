/** Plugins and transports that are removed while the host runs. */
import { createTidegauge, type EventSink, type Plugin } from '@tidegauge/core'
import { createManualClock, startTestHost } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { createPlugin } from '../support/plugin.js'
import { createWitness } from '../support/witness.js'

const quiet = { intervalMs: 0, maxAgeMs: 0 }
const every = { intervalMs: 1_000, jitterRatio: 0 }
const gauge = { g: { kind: 'gauge', name: 'g', help: 'G' } } as const

describe('a plugin that is removed', () => {
  test('is stopped; its metrics, its health and its self-metrics are gone, and its names are free', async () => {
    const { calls, plugin } = createWitness()
    const { tidegauge, memory, clock } = await startTestHost(
      { own: { kind: 'counter', name: 'own_total', help: 'O' } },
      { clock: createManualClock(), host: { selfMetrics: 'on' } },
    )
    const p = {
      ...plugin('p'),
      instruments: { c: { kind: 'counter', name: 'c_total', help: 'C' } },
    } as Plugin
    tidegauge.use(p, every)
    await tidegauge.start()
    await clock.advance(2_000)
    expect(memory.value('c_total')).toBe(0)
    expect(await tidegauge.remove(p)).toBe(true)
    expect(calls.at(-1)).toBe('p stop')
    calls.length = 0
    await clock.advance(10_000)
    await memory.scrape()
    expect(calls).toEqual([])
    expect(JSON.stringify(memory.read())).not.toContain('"plugin":"p"')
    expect(memory.read().map(({ name }) => name)).not.toContain('c_total')
    expect(tidegauge.health().plugins.map(({ name }) => name)).toEqual(['app'])
    tidegauge.instruments('other', { c: { kind: 'gauge', name: 'c_total', help: 'now a gauge' } }).c.set(3)
    expect(memory.value('c_total')).toBe(3)
  })

  test('emits no event any more, and what it records is nowhere', async () => {
    let events!: EventSink
    let handle!: { set(value: number): void }
    const p = createPlugin({
      name: 'p',
      instruments: gauge,
      start: (context) => {
        events = context.events
        handle = context.instruments['g'] as typeof handle
      },
    })
    const { tidegauge, memory } = await startTestHost({})
    tidegauge.use(p)
    await tidegauge.start()
    events.emit({ name: 'before' })
    await tidegauge.remove(p)
    events.emit({ name: 'after' })
    expect(() => handle.set(1)).not.toThrow()
    expect(memory.events).toHaveLength(1)
    expect(memory.read()).toEqual([])
  })

  test('while it hangs, goes within the time of a stop, and the others go on', async () => {
    const hang = () => new Promise<void>(() => {})
    const clock = createManualClock()
    let passes = 0
    const bad = createPlugin({ name: 'bad', collect: hang, stop: hang })
    const host = createTidegauge({ clock, logger: 'silent' })
      .use(createPlugin({ name: 'well', collect: () => void passes++ }), every)
      .use(bad, every)
    const started = host.start()
    await clock.advance(5_000)
    await started
    passes = 0
    const removed = host.remove(bad)
    await clock.advance(5_000)
    expect(await removed).toBe(true)
    expect(passes).toBeGreaterThanOrEqual(4)
    await host.stop()
  })

  test('and used again, starts anew', async () => {
    const { calls, plugin } = createWitness()
    const p = plugin('p')
    const { tidegauge } = await startTestHost({})
    for (let i = 0; i < 2; i++) {
      tidegauge.use(p, quiet)
      await tidegauge.start()
      await tidegauge.remove(p)
    }
    expect(calls.filter((call) => call !== 'p collect')).toEqual(['p start', 'p stop', 'p start', 'p stop'])
  })
})

describe('a transport that is removed', () => {
  test('is flushed and stopped, receives no event any more, and is gone from health and self-metrics', async () => {
    const { calls, transport } = createWitness()
    const received: unknown[] = []
    const t = transport('t', { start: ({ subscribe }) => void subscribe((record) => received.push(record)) })
    let events!: EventSink
    const { tidegauge, memory } = await startTestHost(
      createPlugin({ name: 'p', start: (context) => void (events = context.events) }),
      { host: { selfMetrics: 'on' } },
    )
    tidegauge.export(t)
    await tidegauge.start()
    events.emit({ name: 'one' })
    expect(memory.value('tidegauge_transport_queue_size', { transport: 't' })).toBe(0)
    expect(await tidegauge.remove(t)).toBe(true)
    events.emit({ name: 'two' })
    expect([calls, received.length]).toEqual([['t flush', 't stop'], 1])
    expect(JSON.stringify(memory.read())).not.toContain('"transport":"t"')
    expect(tidegauge.health().transports.map(({ name }) => name)).toEqual(['memory'])
    expect(() => tidegauge.export(transport('t'))).not.toThrow()
  })

  test('and was waiting for its next try, is not tried again', async () => {
    let tries = 0
    const { transport } = createWitness()
    const clock = createManualClock()
    const t = transport('t', { start: () => Promise.reject(new Error(`no ${++tries}`)) })
    const host = createTidegauge({ clock, logger: 'silent', tolerate: 'all' }).export(t)
    await host.start()
    await host.remove(t)
    await clock.advance(600_000)
    expect(tries).toBe(1)
    await host.stop()
  })
})

describe('remove()', () => {
  test('of something that the host does not have is false and calls nothing', async () => {
    const { calls, plugin, transport } = createWitness()
    const { tidegauge } = await startTestHost({})
    expect(await tidegauge.remove(plugin('p'))).toBe(false)
    expect(await tidegauge.remove(transport('t'))).toBe(false)
    expect(await tidegauge.remove({} as never)).toBe(false)
    expect(await tidegauge.remove(undefined as never)).toBe(false)
    expect(calls).toEqual([])
  })

  test('before the start takes a component out, and nothing of it is called', async () => {
    const { calls, plugin, transport } = createWitness()
    const [p, t] = [plugin('p'), transport('t')]
    const host = createTidegauge().use(p).export(t)
    expect([await host.remove(p), await host.remove(t)]).toEqual([true, true])
    await host.start()
    expect(calls.filter((call) => !call.endsWith('stop'))).toEqual([])
    await host.stop()
  })

  test('of two instances of one object takes out one at a time', async () => {
    const p = createPlugin({ name: 'p' })
    const { tidegauge } = await startTestHost({})
    tidegauge.use(p, { labels: { node: 'a' } }).use(p, { labels: { node: 'b' } })
    expect([await tidegauge.remove(p), await tidegauge.remove(p), await tidegauge.remove(p)]).toEqual([
      true,
      true,
      false,
    ])
  })
})
