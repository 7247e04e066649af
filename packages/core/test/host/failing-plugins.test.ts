/* oxlint-disable unicorn/no-thenable -- promises of other makes are what is tested */
/** Plugins that throw, hang or steal: the others go on. */
import { createTidegauge, type PluginContext } from '@tidegauge/core'
import { createManualClock, createMemoryTransport, flushPromises, loggerInto } from '@tidegauge/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createPair } from '../support/pair.js'
import { createPlugin } from '../support/plugin.js'

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
    expect(pair.log.every((message) => !/[\n\u001B]/.test(message))).toBe(true)
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
    expect(pair.log.filter((message) => message.includes('stop failed'))).toHaveLength(1)
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
      'plugin "bad": collect did not end within 500 ms; raise timeoutMs, or make it stop when its signal aborts',
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
    expect(pair.log).toContain('error plugin "bad": stop did not return within 500 ms')
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

  test('by taking names that another has, is down with the reason and never started; the other goes on', async () => {
    const table = { g: { kind: 'gauge', name: 'well', help: 'W' } } as const
    let starts = 0
    const thief = createPlugin({ name: 'thief', instruments: table, start: () => void starts++ })
    const clock = createManualClock()
    const log: string[] = []
    const memory = createMemoryTransport()
    const host = createTidegauge({ clock, logger: loggerInto(log) })
      .use(createPlugin({ name: 'owner', instruments: table }))
      .use(thief)
      .export(memory)
    await host.start()
    await clock.advance(1_000_000)
    expect(host.health().plugins.map(({ state }) => state)).toEqual(['up', 'down'])
    expect(host.health().plugins[1].lastError).toContain('the constant labels are the same')
    // tried again with back-off: the name may become free
    expect(
      memory.value('tidegauge_plugin_collect_failures_total', { plugin: 'thief', reason: 'registration' }),
    ).toBeGreaterThan(1)
    expect(log.filter((message) => message.startsWith('error'))).toHaveLength(1)
    await host.stop()
    expect(starts).toBe(0)
  })

  test('by a definition that is wrong, is left out for good', async () => {
    const table = { g: { kind: 'gauge', name: 'not good', help: 'W' } } as const
    const pair = createPair(createPlugin({ name: 'bad', instruments: table }))
    await pair.host.start()
    await pair.clock.advance(1_000_000)
    expect(pair.healthOf('bad').state).toBe('down')
    expect(pair.failures('registration')).toBe(1)
    expect(pair.log.filter((message) => message.includes('it is left out'))).toHaveLength(1)
    await pair.host.stop()
  })
})
