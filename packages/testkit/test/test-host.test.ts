import { definePlugin, type Plugin } from '@tidegauge/core'
import {
  createManualClock,
  createMemoryTransport,
  loggerInto,
  startTestHost,
  until,
} from '@tidegauge/testkit'
import { describe, expect, onTestFinished, test } from 'vitest'

const table = {
  orders: {
    kind: 'counter',
    name: 'orders_total',
    help: 'Orders',
    labels: { zone: {}, outcome: ['paid', 'failed'] },
  },
  seconds: { kind: 'histogram', name: 'seconds', help: 'Durations', bounds: [1] },
  states: { kind: 'state_set', name: 'states', help: 'States', states: ['on', 'off'] },
} as const

function countingPlugin(more: Partial<Plugin> = {}) {
  return definePlugin({
    name: 'counting',
    version: '1.0.0',
    apiLevel: 1,
    instruments: {
      passes: { kind: 'counter', name: 'passes_total', help: 'Passes', labels: { ok: ['yes'] } },
    },
    collect: ({ instruments }) => instruments.passes.inc({ ok: 'yes' }),
    ...(more as object),
  })
}

describe('a test host with a plugin', () => {
  test('collects when it is read, and not when its present values are asked for', async () => {
    const host = await startTestHost(countingPlugin())
    expect(host.current()).toEqual(new Map([['passes_total{ok="yes"}', 1]]))
    expect(await host.read()).toEqual(new Map([['passes_total{ok="yes"}', 2]]))
    expect(await host.value('passes_total{ok="yes"}')).toBe(3)
    expect(await host.value('passes_total')).toBeUndefined()
  })

  test('runs several, each with its key as the label node, which is written last', async () => {
    const host = await startTestHost({ a: countingPlugin(), b: countingPlugin() })
    expect([...host.current().keys()]).toEqual([
      'passes_total{ok="yes",node="a"}',
      'passes_total{ok="yes",node="b"}',
    ])
  })

  test('keeps what was logged, level first', async () => {
    const host = await startTestHost(countingPlugin({ start: ({ logger }) => logger.info('hello') }))
    expect(host.log).toEqual(['info plugin "counting": hello'])
  })

  test('is down, and does not fail, when the plugin can not start', async () => {
    const start = () => {
      throw new Error('no node')
    }
    const host = await startTestHost(countingPlugin({ start }))
    expect(host.tidegauge.health().plugins).toMatchObject([{ state: 'down', lastError: 'no node' }])
    expect(host.log).toEqual([expect.stringMatching(/^error plugin "counting": start: no node;/)])
    await expect(startTestHost(countingPlugin({ start }), { host: { tolerate: 'none' } })).rejects.toThrow(
      'no node',
    )
  })
})

describe('a test host with a table', () => {
  test('gives its handles, and reads series with labels in the order of their definition', async () => {
    const { instruments, current } = await startTestHost(table)
    instruments.orders.inc({ outcome: 'paid', zone: 'x' }, 2)
    instruments.seconds.observe(5)
    instruments.seconds.observe(0.5)
    instruments.states.set('on')
    expect([...current()]).toEqual([
      ['orders_total{zone="x",outcome="paid"}', 2],
      // a distribution by its count, a state set by its name alone
      ['seconds', 2],
      ['states', Number.NaN],
    ])
  })

  test('takes options for the host, for how it runs, and further transports', async () => {
    const clock = createManualClock(5_000)
    const other = createMemoryTransport('other')
    const host = await startTestHost(table, {
      clock,
      transports: [other],
      host: { selfMetrics: 'on', views: [{ match: 'orders_total', dropLabels: ['zone'] }] },
      use: { labels: { node: 'n', cell: 'c' }, transports: ['other'] },
    })
    host.instruments.orders.inc({ outcome: 'paid', zone: 'x' })
    expect(host.clock.now()).toBe(5_000)
    expect(other.value('orders_total', { node: 'n', cell: 'c', outcome: 'paid' })).toBe(1)
    expect([...host.current().keys()].filter((key) => !key.startsWith('tidegauge_'))).toEqual([])
    expect(host.memory.value('tidegauge_series', { plugin: 'app{cell=c,node=n}' })).toBe(3)
  })

  test('writes constant labels after the others', async () => {
    const { instruments, value } = await startTestHost(table, { use: { labels: { cell: 'c' } } })
    instruments.orders.inc({ outcome: 'paid', zone: 'x' })
    expect(await value('orders_total{zone="x",outcome="paid",cell="c"}')).toBe(1)
  })

  test('fails the test when a definition is wrong', async () => {
    const wrong = { c: { kind: 'counter', name: 'not good', help: 'C' } } as const
    await expect(startTestHost(wrong)).rejects.toMatchObject({ code: 'REGISTRATION_INVALID_DEFINITION' })
  })
})

describe('a test host', () => {
  const states: string[] = []

  test('stops when its test has finished', async () => {
    // called in reverse order: this one after the host's
    onTestFinished(() => void states.push(host.tidegauge.state))
    const host = await startTestHost(countingPlugin())
    states.push(host.tidegauge.state)
  })

  test('has stopped before the next test begins', () => {
    expect(states).toEqual(['running', 'stopped'])
  })
})

describe('until', () => {
  test('returns as soon as the condition holds, also one that has to be waited for', async () => {
    let calls = 0
    await until(() => ++calls === 3, 'three calls')
    await until(() => Promise.resolve(++calls >= 5), 'five calls')
    expect(calls).toBe(5)
  })

  test('fails after its time with what was waited for', async () => {
    await expect(until(() => false, 'a peer', 30)).rejects.toThrow('a peer: not within 30 ms')
  })

  test('fails at once when the condition throws', async () => {
    const condition = () => Promise.reject(new Error('gone'))
    await expect(until(condition, 'a peer')).rejects.toThrow('gone')
  })
})

test('a logger into a list keeps each level', () => {
  const log: string[] = []
  const logger = loggerInto(log)
  for (const level of ['debug', 'info', 'warn', 'error'] as const) logger[level]('x')
  expect(log).toEqual(['debug x', 'info x', 'warn x', 'error x'])
})
