/** `host.instruments()`: instruments of the application's own. */
import { createTidegauge, type InstrumentTable } from '@tidegauge/core'
import { createMemoryTransport, startTestHost } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { createPlugin } from '../support/plugin.js'

const orders = { kind: 'counter', name: 'orders_total', help: 'O', labels: { outcome: {} } } as const
const open = { kind: 'gauge', name: 'open', help: 'O' } as const
const table = { orders, open } as const
const outcome = 'paid'

describe('instruments of an application', () => {
  test('count at once, before the host has started and while it runs', async () => {
    const memory = createMemoryTransport()
    const host = createTidegauge().export(memory)
    const before = host.instruments('shop', table)
    before.orders.inc({ outcome }, 2)
    await host.start()
    before.orders.inc({ outcome })
    const after = host.instruments('later', { late: { kind: 'counter', name: 'late_total', help: 'L' } })
    after.late.inc(5)
    expect(memory.value('orders_total', { outcome })).toBe(3)
    // without a start() or a pass in between
    expect(memory.value('late_total')).toBe(5)
    await host.start()
    expect(host.health()).toMatchObject({
      healthy: true,
      plugins: [
        { name: 'shop', state: 'up' },
        { name: 'later', state: 'up' },
      ],
    })
    await host.stop()
  })

  test('are counted under their name in the self-metrics, and routed and labelled as the options say', async () => {
    const other = createMemoryTransport('other')
    const host = await startTestHost({}, { transports: [other], host: { selfMetrics: 'on' } })
    const options = { labels: { node: 'n' }, transports: ['other'], intervalMs: 0 }
    const { orders: handle } = host.tidegauge.instruments('shop', table, options)
    handle.inc({ outcome })
    expect(other.value('orders_total', { node: 'n', outcome })).toBe(1)
    expect(host.memory.read({ names: new Set(['orders_total']) })).toEqual([])
    expect(host.memory.value('tidegauge_series', { plugin: 'shop{node=n}' })).toBe(1)
    expect(host.tidegauge.describe().plugins[1]).toMatchObject({
      name: 'shop',
      labels: { node: 'n' },
      instruments: 2,
      intervalMs: 0,
      transports: ['other'],
    })
  })

  test('may be there twice under other labels, and keep their counts apart', async () => {
    const { tidegauge, memory } = await startTestHost({})
    const [a, b] = ['a', 'b'].map((node) => tidegauge.instruments('shop', table, { labels: { node } }))
    a.orders.inc({ outcome })
    b.orders.inc({ outcome }, 2)
    expect(['a', 'b'].map((node) => memory.value('orders_total', { node, outcome }))).toEqual([1, 2])
  })

  test('keep their counts over a stop, while it stands still, and a new start', async () => {
    const memory = createMemoryTransport()
    const host = createTidegauge().export(memory)
    const handles = host.instruments('shop', table)
    await host.start()
    handles.orders.inc({ outcome })
    await host.stop()
    handles.orders.inc({ outcome })
    const later = host.instruments('later', { late: { kind: 'counter', name: 'late_total', help: 'L' } })
    later.late.inc()
    await host.start()
    expect([memory.value('orders_total', { outcome }), memory.value('late_total')]).toEqual([2, 1])
    await host.stop()
  })
})

describe('instruments that are refused', () => {
  const good = { good: { kind: 'counter', name: 'good_total', help: 'G' } } as const
  const cases: [string, string, [string, InstrumentTable | undefined, object?]][] = [
    [
      'a wrong definition',
      'REGISTRATION_INVALID_DEFINITION',
      ['new', { ...good, bad: { ...open, name: 'no good' } }],
    ],
    [
      'an unknown field',
      'REGISTRATION_INVALID_DEFINITION',
      ['new', { ...good, bad: { ...open, buckets: [1] } as never }],
    ],
    [
      'a name that another has',
      'REGISTRATION_NAME_CLASH',
      ['new', { ...good, bad: { ...orders, kind: 'gauge' } }],
    ],
    ['the same name and labels', 'REGISTRATION_NAME_CLASH', ['new', { ...good, open }]],
    [
      'a name of the host’s own',
      'REGISTRATION_NAME_CLASH',
      ['new', { ...good, bad: { ...open, name: 'tidegauge_series' } }],
    ],
    ['the name of a set that is there', 'REGISTRATION_DUPLICATE_PLUGIN', ['shop', good]],
    ['a name in capital letters', 'REGISTRATION_INVALID_PLUGIN', ['Shop', good]],
    ['no table', 'REGISTRATION_INVALID_PLUGIN', ['new', undefined]],
    ['a wrong option', 'OPTIONS_INVALID', ['new', good, { intervalMs: -1 }]],
    ['an unknown transport', 'OPTIONS_UNKNOWN_TRANSPORT', ['new', good, { transports: ['prometeus'] }]],
  ]

  test.each(cases)('for %s leave nothing behind', async (_, code, [name, given, options]) => {
    const { tidegauge, memory } = await startTestHost({}, { host: { selfMetrics: 'on' } })
    tidegauge.instruments('shop', table)
    const state = () => [
      memory.read().map((family) => family.name),
      tidegauge.describe().plugins.map((p) => p.name),
    ]
    const before = state()
    expect(() => tidegauge.instruments(name, given as InstrumentTable, options)).toThrow(
      expect.objectContaining({ code }),
    )
    expect(state()).toEqual(before)
    await tidegauge.start()
    expect(tidegauge.health().healthy).toBe(true)
    // every name of the refused table is free
    tidegauge.instruments('new', good).good.inc()
    expect(memory.value('good_total')).toBe(1)
  })

  test('for an unknown transport are refused by the start, while the host is new', async () => {
    const host = createTidegauge({ logger: 'silent' })
    host.instruments('shop', table, { transports: ['prometeus'] }).open.set(1)
    await expect(host.start()).rejects.toMatchObject({ code: 'OPTIONS_UNKNOWN_TRANSPORT' })
  })
})

test('a refused instance of a plugin leaves the other instances of the same object alone', async () => {
  const plugin = createPlugin({ name: 'p' })
  const { tidegauge } = await startTestHost({})
  tidegauge.use(plugin, { labels: { node: 'a' } })
  expect(() => tidegauge.use(plugin, { labels: { node: 'b' }, transports: ['prometeus'] })).toThrow(
    expect.objectContaining({ code: 'OPTIONS_UNKNOWN_TRANSPORT' }),
  )
  await tidegauge.start()
  expect(tidegauge.health().plugins.slice(1)).toMatchObject([{ labels: { node: 'a' }, state: 'up' }])
})
