import { createTidegauge, defineInstruments } from '@tidegauge/core'
import { createMemoryTransport } from '@tidegauge/testkit'
import { expect, it, onTestFinished } from 'vitest'
import { statsd } from '../src/index.js'
import { openReceiver } from './support/udp-receiver.js'

const table = defineInstruments({
  hits: { kind: 'counter', name: 'hits', help: 'Hits.', labels: { route: {} } },
  level: { kind: 'gauge', name: 'level', help: 'Level.' },
})

/** Only the test reads the metrics, and the transport does not send them. */
const use = { intervalMs: 0, maxAgeMs: 0, transports: ['memory'] }

it('a plugin reports what was sent, with the same values as describe()', async () => {
  const receiver = await openReceiver()
  const endpoint = statsd({ port: receiver.port, maxDatagramBytes: 64 })
  const memory = createMemoryTransport()
  const tidegauge = createTidegauge({ selfMetrics: 'off' })
    .use(endpoint.selfMetrics(), use)
    .export(endpoint)
    .export(memory)
  const { hits, level } = tidegauge.instruments('app', table, { transports: ['statsd'] })
  onTestFinished(() => tidegauge.stop())
  await tidegauge.start()
  hits.inc({ route: 'a b' })
  hits.inc({ route: 'x'.repeat(100) })
  level.set(Infinity)
  await tidegauge.flush()
  hits.inc({ route: 'a b' })
  await tidegauge.flush()
  await receiver.close()
  hits.inc({ route: 'a b' })
  await tidegauge.flush()
  await memory.scrape()
  const value = (name: string, labels = {}) => memory.value(`tidegauge_statsd_${name}_total`, labels)
  expect([value('flushes'), value('lines'), value('datagrams'), value('errors')]).toEqual([2, 2, 2, 1])
  expect(value('sent_bytes')).toBe(2 * 'hits:1|c|#route:a_b'.length)
  expect(value('replaced_series')).toBe(1)
  expect(value('doubtful_lines')).toBe(0)
  expect(value('dropped_lines', { reason: 'oversized' })).toBe(3)
  expect(value('dropped_lines', { reason: 'not_finite' })).toBe(3)
  expect(value('dropped_lines', { reason: 'samples_full' })).toBe(0)
  expect(endpoint.describe!()).toEqual({
    target: `udp://127.0.0.1:${receiver.port}`,
    tags: 'dogstatsd',
    flushes: '2',
    lines: '2',
    datagrams: '2',
    bytes: '38',
    errors: '1',
    doubtfulLines: '0',
    replacedSeries: '1',
    dropped_oversized: '3',
    dropped_not_finite: '3',
  })
})

it('labels distinguish the metrics of two transports of one host', async () => {
  const [first, second] = [await openReceiver(), await openReceiver()]
  const a = statsd({ name: 'a', port: first.port, flushIntervalMs: 3_600_000 })
  const b = statsd({ name: 'b', port: second.port, flushIntervalMs: 3_600_000 })
  const memory = createMemoryTransport()
  const tidegauge = createTidegauge({ selfMetrics: 'off' })
    .use(a.selfMetrics(), { ...use, labels: { transport: 'a' } })
    .use(b.selfMetrics(), { ...use, labels: { transport: 'b' } })
    .export(a)
    .export(b)
    .export(memory)
  onTestFinished(() => tidegauge.stop())
  await tidegauge.start()
  a.samples({ name: 'wait', type: 'ms' }).record(1)
  await tidegauge.flush()
  await memory.scrape()
  expect(tidegauge.health().plugins.map(({ name, state }) => [name, state])).toEqual([
    ['statsd', 'up'],
    ['statsd', 'up'],
  ])
  const lines = (transport: string) => memory.value('tidegauge_statsd_lines_total', { transport })
  expect([lines('a'), lines('b')]).toEqual([1, 0])
})
