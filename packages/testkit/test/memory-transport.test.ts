import { apiLevel, type Plugin } from '@tidegauge/core'
import { createMemoryTransport, startTestHost } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'

const labels = { a: {} } as const
const instruments = {
  counter: { kind: 'counter', name: 'counter', help: 'Counter', unit: 'bytes', labels },
  gauge: { kind: 'gauge', name: 'gauge', help: 'Gauge', labels },
  histogram: { kind: 'histogram', name: 'histogram', help: 'Histogram', labels, bounds: [1, 2] },
  exponential: { kind: 'exponential_histogram', name: 'exponential', help: 'Exponential', labels },
  summary: { kind: 'summary', name: 'summary', help: 'Summary', labels, quantiles: [1] },
  info: { kind: 'info', name: 'info', help: 'Info', labels },
  states: { kind: 'state_set', name: 'states', help: 'States', states: ['on', 'off'], labels },
} as const

function createPlugin(parts: Partial<Plugin>): Plugin {
  return { name: 'probe', version: '1.0.0', apiLevel, instruments: {}, ...parts }
}

describe('memory transport', () => {
  test('gives every kind as plain data', async () => {
    const { memory, instruments: handles } = await startTestHost(instruments)
    const set = { a: 'x' }
    handles.counter.inc(set, 2)
    handles.gauge.set(set, -1)
    handles.histogram.observe(set, 1.5)
    handles.exponential.observe(set, 3)
    handles.summary.observe(set, 4)
    handles.info.set(set)
    handles.states.set(set, 'on')
    const families = memory.read()
    expect(families.map(({ name, kind, help, unit }) => [name, kind, help, unit])[0]).toEqual([
      'counter',
      'counter',
      'Counter',
      'bytes',
    ])
    expect(families.map(({ series }) => series)).toEqual([
      [{ labels: set, value: 2 }],
      [{ labels: set, value: -1 }],
      [{ labels: set, buckets: [0, 1, 0], sum: 1.5, count: 1 }],
      [{ labels: set, sum: 3, count: 1 }],
      [{ labels: set, quantiles: [expect.closeTo(4, 0)], sum: 4, count: 1 }],
      [{ labels: set, value: 1 }],
      [{ labels: set, states: { on: true, off: false } }],
    ])
  })

  test('finds one series by all of its labels, and none by some', async () => {
    const { memory, instruments: handles } = await startTestHost(instruments)
    handles.counter.inc({ a: 'x' }, 5)
    expect(memory.value('counter', { a: 'x' })).toBe(5)
    expect([
      memory.value('counter'),
      memory.value('counter', { a: 'y' }),
      memory.value('counter', { a: 'x', b: 'y' }),
      memory.value('nothing', { a: 'x' }),
    ]).toEqual(Array(4).fill(undefined))
  })

  test('reads without collecting, and collects when it scrapes', async () => {
    let passes = 0
    const { memory } = await startTestHost(createPlugin({ collect: () => void passes++ }))
    memory.read()
    expect(passes).toBe(1)
    await memory.scrape()
    expect(passes).toBe(2)
  })

  test('keeps a copy: what it gave does not change later', async () => {
    const { memory, instruments: handles } = await startTestHost(instruments)
    handles.histogram.observe({ a: 'x' }, 1)
    const before = memory.series('histogram', { a: 'x' })
    handles.histogram.observe({ a: 'x' }, 1)
    expect(before).toMatchObject({ count: 1, buckets: [1, 0, 0] })
  })

  test('keeps events, also over a restart, and none twice', async () => {
    const plugin = createPlugin({ start: ({ events }) => events.emit({ name: 'started' }) })
    const { tidegauge, memory } = await startTestHost(plugin)
    expect(memory.events).toHaveLength(1)
    await tidegauge.stop()
    await tidegauge.start()
    expect(memory.events).toHaveLength(2)
  })

  test('says what to do when it is asked before the host has started', () => {
    expect(() => createMemoryTransport('mine').read()).toThrow(
      'transport "mine" has not been started: start the host first',
    )
  })
})
