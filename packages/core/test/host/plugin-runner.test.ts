/* oxlint-disable unicorn/no-thenable -- promises of other makes are what is tested */
import { createTidegauge, type PluginContext } from '@tidegauge/core'
import { createManualClock, createMemoryTransport, flushPromises } from '@tidegauge/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createPair } from '../support/pair.js'
import { createMessages, createPlugin } from '../support/open-host.js'

const thrower = (): never => {
  throw new Error('no')
}

class GetterError extends Error {
  override get message(): string {
    throw new Error('message')
  }
}

describe('a plugin that misbehaves', () => {
  const unhandled: unknown[] = []
  const note = (reason: unknown) => void unhandled.push(reason)
  beforeEach(() => {
    unhandled.length = 0
    process.on('unhandledRejection', note)
  })
  afterEach(() => void process.off('unhandledRejection', note))

  const proxy = new Proxy({}, { get: thrower, has: thrower, getPrototypeOf: thrower, ownKeys: thrower })
  const bad: [string, () => any][] = [
    ['throws', thrower],
    [
      'throws undefined',
      () => {
        throw undefined
      },
    ],
    [
      'throws a proxy',
      () => {
        throw proxy
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
    ['rejects with undefined', () => Promise.reject()],
    ['rejects with a string of many lines', () => Promise.reject('a\nb\u001B[31m')],
    [
      'rejects with an object whose toString throws',
      () => Promise.reject({ toString: thrower, [Symbol.toPrimitive]: thrower }),
    ],
    ['rejects with an error whose message throws', () => Promise.reject(new GetterError())],
    ['rejects with a frozen error', () => Promise.reject(Object.freeze(new Error('no')))],
    [
      'returns a foreign thenable that rejects',
      () => ({ then: (_: unknown, no: (e: unknown) => void) => no(5) }),
    ],
    ['returns a thenable whose then throws', () => ({ then: thrower })],
    [
      'returns a thenable whose then can not be read',
      () => Object.defineProperty({}, 'then', { get: thrower }),
    ],
    ['returns a proxy', () => proxy],
  ]

  test.each(bad)('in collect and %s, is down and disturbs nobody', async (_, act) => {
    const pair = createPair(createPlugin({ name: 'bad', collect: act }))
    await pair.host.start()
    const before = pair.passesOfTheOther()
    await pair.clock.advance(10_000)
    expect(pair.passesOfTheOther() - before).toBe(10)
    expect(pair.healthOf('bad')).toMatchObject({ state: 'down', lastSuccessSeconds: undefined })
    expect(typeof pair.healthOf('bad').lastError).toBe('string')
    expect(pair.healthOf('well').state).toBe('up')
    expect([pair.up(), pair.failures('error') > 1]).toEqual([0, true])
    expect(pair.messages.every((message) => !/[\n\u001B]/.test(message))).toBe(true)
    await pair.host.stop()
    await flushPromises()
    expect(unhandled).toEqual([])
  })

  test.each(bad)('in start and %s, is down and disturbs nobody', async (_, act) => {
    const pair = createPair(createPlugin({ name: 'bad', start: act }))
    await pair.host.start()
    await pair.clock.advance(10_000)
    expect([pair.healthOf('bad').state, pair.healthOf('well').state]).toEqual(['down', 'up'])
    expect(pair.failures('start')).toBeGreaterThan(1)
    await pair.host.stop()
    await flushPromises()
    expect(unhandled).toEqual([])
  })

  test.each(bad)('in stop and %s, does not keep the host from stopping', async (_, act) => {
    const pair = createPair(createPlugin({ name: 'bad', stop: act }))
    await pair.host.start()
    await pair.host.stop()
    expect([pair.host.state, pair.healthOf('bad').state]).toEqual(['stopped', 'stopped'])
    expect(pair.messages.filter((message) => message.includes('stop failed'))).toHaveLength(1)
    await flushPromises()
    expect(unhandled).toEqual([])
  })

  test('by hanging in collect, is given up at its timeout, and its signal is aborted', async () => {
    const signals: AbortSignal[] = []
    const hang = createPlugin({
      name: 'bad',
      collect: ({ signal, deadlineMs }) => {
        expect(deadlineMs).toBe(pair.clock.monotonic() + 500)
        signals.push(signal)
        return new Promise(() => {})
      },
    })
    const pair = createPair(hang, { timeoutMs: 500 })
    const started = pair.host.start()
    await pair.clock.advance(499)
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
    await pair.clock.advance(1)
    await started
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    await pair.clock.advance(10_000)
    expect(pair.healthOf('bad').lastError).toBe(
      'plugin "bad": collect did not end within 500 ms; raise timeoutMs, or make it heed its signal',
    )
    expect(pair.failures('timeout')).toBe(signals.length)
    expect(pair.passesOfTheOther()).toBeGreaterThan(8)
    const stopped = pair.host.stop()
    await pair.clock.advance(20_000)
    await stopped
  })

  test('by hanging in start and in stop, holds nobody longer than its timeout', async () => {
    const hang = () => new Promise<void>(() => {})
    const pair = createPair(createPlugin({ name: 'bad', start: hang, stop: hang }), { timeoutMs: 500 })
    const started = pair.host.start()
    await pair.clock.advance(500)
    await started
    expect(pair.healthOf('bad')).toMatchObject({ state: 'down' })
    const stopped = pair.host.stop()
    await pair.clock.advance(500)
    await stopped
    expect(pair.messages).toContain('error: plugin "bad": stop did not return within 500 ms')
  })

  test('by rejecting after its timeout, is counted once and troubles nobody', async () => {
    let reject!: (reason: unknown) => void
    const late = createPlugin({ name: 'bad', collect: () => new Promise((_, no) => (reject = no)) })
    const pair = createPair(late, { timeoutMs: 500, intervalMs: 0 })
    const started = pair.host.start()
    await pair.clock.advance(500)
    await started
    reject(new Error('late'))
    await flushPromises()
    expect([pair.failures('timeout'), pair.failures('error')]).toEqual([1, 0])
    expect(unhandled).toEqual([])
    await pair.host.stop()
  })

  test('by changing what it was given, harms nobody else', async () => {
    const vandal = createPlugin({
      name: 'bad',
      start: (context) => {
        for (const key of Object.keys(context)) Reflect.set(context, key, null)
      },
      collect: (context) => {
        for (const key of Object.keys(context)) Reflect.set(context, key, null)
      },
    })
    const pair = createPair(vandal)
    await pair.host.start()
    await pair.clock.advance(5_000)
    expect(pair.host.health().healthy).toBe(true)
    await pair.host.stop()
  })

  test('by recording and telling events after the stop, changes nothing', async () => {
    let context!: PluginContext
    const zombie = createPlugin({
      name: 'bad',
      instruments: { g: { kind: 'gauge', name: 'zombie', help: 'Z' } },
      start: (given) => void (context = given),
    })
    const pair = createPair(zombie)
    await pair.host.start()
    expect(context.signal.aborted).toBe(false)
    await pair.host.stop()
    expect(context.signal.aborted).toBe(true)
    expect(() => {
      ;(context.instruments['g'] as { set(value: number): void }).set(1)
      context.events.emit({ name: 'x' })
      context.events.begin('y').end()
      context.logger.info('z')
      context.define({ kind: 'counter', name: 'late_total', help: 'L' }).inc()
    }).not.toThrow()
    expect(pair.memory.events).toEqual([])
    expect(pair.healthOf('bad').state).toBe('stopped')
  })

  test('by taking names that another has, is left out for good; the other goes on', async () => {
    const table = { g: { kind: 'gauge', name: 'well', help: 'W' } } as const
    let starts = 0
    const thief = createPlugin({ name: 'thief', instruments: table, start: () => void starts++ })
    const clock = createManualClock()
    const { logger, messages } = createMessages()
    const memory = createMemoryTransport()
    const host = createTidegauge({ clock, logger })
      .use(createPlugin({ name: 'owner', instruments: table }))
      .use(thief)
      .export(memory)
    await host.start()
    await clock.advance(1_000_000)
    expect(host.health().plugins.map(({ state }) => state)).toEqual(['up', 'down'])
    expect(host.health().plugins[1].lastError).toContain('the constant labels are the same')
    expect([
      starts,
      memory.value('tidegauge_plugin_collect_failures_total', { plugin: 'thief', reason: 'registration' }),
    ]).toEqual([0, 1])
    expect(messages.filter((message) => message.includes('it is left out'))).toHaveLength(1)
    await host.stop()
    expect(starts).toBe(0)
  })
})

describe('a plugin that fails and recovers', () => {
  test('is tried again with back-off, keeps its last values, and tells their age', async () => {
    let isBroken = false
    let handle!: { set(value: number): void }
    let passes = 0
    const flaky = createPlugin({
      name: 'flaky',
      instruments: { g: { kind: 'gauge', name: 'flaky', help: 'F' } },
      start: ({ instruments }) => void (handle = instruments['g'] as typeof handle),
      collect: () => {
        passes++
        if (isBroken) throw new Error('source gone')
        handle.set(passes)
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
    expect(pair.messages.filter((message) => message.startsWith('error'))).toEqual([
      'error: plugin "flaky": error: source gone; its last values are kept, and it is tried again',
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

describe('what a plugin is given', () => {
  test('at its start: handles, a logger, the clock, a signal, events, and define', async () => {
    let context!: PluginContext
    const pair = createPair(createPlugin({ name: 'p', start: (given) => void (context = given) }))
    await pair.host.start()
    context.logger.warn('hello\nworld')
    expect(pair.messages).toEqual(['warn: plugin "p": hello world'])
    expect(context.clock.monotonic()).toBe(pair.clock.monotonic())
    const late = context.define({ kind: 'counter', name: 'late_total', help: 'L' })
    late.inc(2)
    expect(context.define({ kind: 'counter', name: 'late_total', help: 'L' })).toBe(late)
    expect(pair.memory.value('late_total')).toBe(2)
    expect(() => context.define({ kind: 'gauge', name: 'late_total', help: 'L' })).toThrow(
      expect.objectContaining({ code: 'REGISTRATION_NAME_CLASH' }),
    )
    expect(() => context.define({ kind: 'gauge', name: 'tidegauge_series', help: 'L' })).toThrow(
      expect.objectContaining({ code: 'REGISTRATION_NAME_CLASH' }),
    )
    await pair.host.stop()
  })

  test('with constant labels: series that carry them, and an id that names them', async () => {
    const memory = createMemoryTransport()
    const plugin = () =>
      createPlugin({ name: 'p', instruments: { c: { kind: 'counter', name: 'c_total', help: 'C' } } })
    const host = createTidegauge({ clock: createManualClock() })
      .use(plugin(), { labels: { node: 'a' } })
      .use(plugin(), { labels: { node: 'b,c="d"' } })
      .export(memory)
    await host.start()
    expect(memory.value('c_total', { node: 'a' })).toBe(0)
    expect(memory.value('c_total', { node: 'b,c="d"' })).toBe(0)
    expect(memory.value('tidegauge_plugin_up', { plugin: 'p{node=a}' })).toBe(1)
    expect(memory.value('tidegauge_plugin_up', { plugin: 'p{node="b,c=\\"d\\""}' })).toBe(1)
    await host.stop()
  })

  test('a constant label that one of its instruments has already, is reported in words', async () => {
    const plugin = createPlugin({
      name: 'p',
      instruments: { c: { kind: 'counter', name: 'c_total', help: 'C', labels: { node: {} } } },
    })
    const host = createTidegauge({ clock: createManualClock() }).use(plugin, { labels: { node: 'a' } })
    await host.start()
    expect(host.health().plugins[0]).toMatchObject({
      state: 'down',
      lastError: expect.stringContaining('label node was "node", expected a label name that neither'),
    })
    await host.stop()
  })
})
