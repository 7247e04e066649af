/** What a host shows to its transports: routes, and collection that a scrape drives. */
import { createTidegauge, type EventRecord, type PluginContext } from '@tidegauge/core'
import { createManualClock, createMemoryTransport, flushPromises } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { createPlugin } from '../support/plugin.js'
import { startProbe } from '../support/recording.js'

const quiet = { intervalMs: 0, maxAgeMs: 0 }

describe('routes', () => {
  test('keep metrics, events and collect passes of a plugin to the transports that it names', async () => {
    const clock = createManualClock()
    const [a, b] = ['a', 'b'].map(createMemoryTransport)
    const contexts: PluginContext[] = []
    const passes: string[] = []
    const plugin = (name: string, transports?: string[]) =>
      [
        createPlugin({
          name,
          instruments: { c: { kind: 'counter', name: `${name}_total`, help: 'C' } },
          start: (context) => void contexts.push(context),
          collect: () => void passes.push(name),
        }),
        { ...quiet, ...(transports && { transports }) },
      ] as const
    const host = createTidegauge({ clock, logger: 'silent' })
      .use(...plugin('only-b'.replace('-', ''), ['b']))
      .use(...plugin('both'))
      .use(...plugin('none', []))
      .export(a)
      .export(b)
    await host.start()
    for (const context of contexts) context.events.emit({ name: 'e' })
    passes.length = 0
    await a.scrape()
    expect(passes).toEqual(['both'])
    const names = (one: typeof a) =>
      one
        .read()
        .map(({ name }) => name)
        .filter((name) => !name.startsWith('tidegauge_'))
    expect([names(a), names(b)]).toEqual([['both_total'], ['onlyb_total', 'both_total']])
    const sources = (events: readonly EventRecord[]) => events.map((record) => record.plugin)
    expect([sources(a.events), sources(b.events)]).toEqual([['both'], ['onlyb', 'both']])
    expect(a.value('tidegauge_plugin_up', { plugin: 'none' })).toBe(1)
    await host.stop()
  })

  test('keep two instances of one plugin apart, for events as well', async () => {
    const [a, b] = ['a', 'b'].map(createMemoryTransport)
    const plugin = createPlugin({ name: 'p', start: ({ events }) => events.emit({ name: 'x' }) })
    let context!: PluginContext
    const host = createTidegauge({ clock: createManualClock() })
      .use(
        { ...plugin, start: (given) => void (context = given) },
        { ...quiet, labels: { node: '1' }, transports: ['a'] },
      )
      .use(plugin, { ...quiet, labels: { node: '2' }, transports: ['b'] })
      .export(a)
      .export(b)
    await host.start()
    context.events.emit({ name: 'from one' })
    const source = { plugin: 'p', version: '1.2.3' }
    expect(a.events).toMatchObject([{ ...source, labels: { node: '1' }, event: { name: 'from one' } }])
    expect(b.events).toMatchObject([{ ...source, labels: { node: '2' }, event: { name: 'x' } }])
    await host.stop()
  })

  test('give a transport no event after it has stopped, and none twice after a restart', async () => {
    const { tidegauge: host, memory, context } = await startProbe({})
    context.events.emit({ name: 'one' })
    await host.stop()
    context.events.emit({ name: 'lost' })
    await host.start()
    context.events.emit({ name: 'two' })
    expect(memory.events.map((record) => record.type === 'event' && record.event.name)).toEqual([
      'one',
      'two',
    ])
    await host.stop()
  })
})

describe('scrape-driven collection', () => {
  function createScraped(collect: () => void | Promise<void>, use: object = {}) {
    const clock = createManualClock()
    const memory = createMemoryTransport()
    const host = createTidegauge({ clock, logger: 'silent' })
      .use(createPlugin({ name: 'p', collect }), { intervalMs: 0, ...use })
      .export(memory)
    return { clock, memory, host }
  }

  test('shares one pass between a hundred scrapes at a time', async () => {
    let passes = 0
    let end = () => {}
    const { memory, host } = createScraped(
      () => {
        passes++
        return passes === 1 ? undefined : new Promise<void>((resolve) => (end = resolve))
      },
      { maxAgeMs: 0 },
    )
    await host.start()
    const scrapes = Promise.all(Array.from({ length: 100 }, () => memory.scrape()))
    await flushPromises()
    expect(passes).toBe(2)
    end()
    await scrapes
    expect(passes).toBe(2)
  })

  test('collects only what is older than its allowed age', async () => {
    let passes = 0
    const { clock, memory, host } = createScraped(() => void passes++, { maxAgeMs: 1_000 })
    await host.start()
    await memory.scrape()
    await clock.advance(999)
    await memory.scrape()
    expect(passes).toBe(1)
    await clock.advance(1)
    await memory.scrape()
    expect(passes).toBe(2)
  })

  test('collects only the plugins that are asked for', async () => {
    let passes = 0
    const { memory, host } = createScraped(() => void passes++, { maxAgeMs: 0 })
    await host.start()
    await memory.scrape({ plugins: new Set(['other']) })
    expect(passes).toBe(1)
    await memory.scrape({ plugins: new Set(['p']) })
    expect(passes).toBe(2)
  })

  test('leaves a late plugin behind at the deadline, and has its values at the next scrape', async () => {
    let end = () => {}
    let isSlow = false
    const { clock, memory, host } = createScraped(
      () => (isSlow ? new Promise<void>((resolve) => (end = resolve)) : undefined),
      { maxAgeMs: 0 },
    )
    await host.start()
    isSlow = true
    let done = false
    const scrape = memory.scrape({ deadlineMs: clock.monotonic() + 200 }).then(() => (done = true))
    await clock.advance(199)
    expect(done).toBe(false)
    await clock.advance(1)
    await scrape
    end()
    await flushPromises()
    expect(host.health().plugins[0]).toMatchObject({ state: 'up' })
  })

  test('answers at once when the deadline has passed already', async () => {
    const { clock, memory, host } = createScraped(() => new Promise(() => {}), {
      maxAgeMs: 0,
      timeoutMs: 100,
    })
    const started = host.start()
    await clock.advance(100)
    await started
    await clock.advance(1_000)
    const scrape = memory.scrape({ deadlineMs: 0 })
    await clock.advance(0)
    expect(await scrape).toBeDefined()
  })

  test('does not collect after the stop', async () => {
    let passes = 0
    const { memory, host } = createScraped(() => void passes++, { maxAgeMs: 0 })
    await host.start()
    await host.stop()
    passes = 0
    await memory.scrape()
    expect(passes).toBe(0)
  })
})
