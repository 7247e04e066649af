import { createTidegauge, defineInstruments, type Handles, type Plugin } from '@tidegauge/core'
import { createMemoryTransport } from '@tidegauge/testkit'
import { expect, it, onTestFinished } from 'vitest'
import { statsd } from '../src/index.js'
import { openReceiver } from './support/udp-receiver.js'

const table = defineInstruments({
  hits: { kind: 'counter', name: 'hits', help: 'Hits.', labels: { route: {} } },
  level: { kind: 'gauge', name: 'level', help: 'Level.' },
})

it('what was sent is told by a plugin, over any transport, as describe() tells it', async () => {
  const receiver = await openReceiver()
  const endpoint = statsd({ port: receiver.port, maxDatagramBytes: 64 })
  const memory = createMemoryTransport()
  let handles!: Handles<typeof table>
  const app: Plugin<typeof table> = {
    name: 'app',
    version: '0.0.0',
    apiLevel: 1,
    instruments: table,
    start: (context) => void (handles = context.instruments),
  }
  const host = createTidegauge({ selfMetrics: 'off' })
    .use(app, { intervalMs: 0, transports: ['statsd'] })
    .use(endpoint.selfMetrics(), { intervalMs: 0, maxAgeMs: 0, transports: ['memory'] })
    .export(endpoint)
    .export(memory)
  await host.start()
  onTestFinished(() => host.stop())
  handles.hits.inc({ route: 'a b' })
  handles.hits.inc({ route: 'x'.repeat(100) })
  handles.level.set(Infinity)
  await host.flush()
  handles.hits.inc({ route: 'a b' })
  await host.flush()
  await receiver.close()
  handles.hits.inc({ route: 'a b' })
  await host.flush()
  await memory.scrape()
  const told = (name: string, labels = {}) => memory.value(`tidegauge_statsd_${name}_total`, labels)
  expect([told('flushes'), told('lines'), told('datagrams'), told('errors')]).toEqual([2, 2, 2, 1])
  expect(told('sent_bytes')).toBe(2 * 'hits:1|c|#route:a_b'.length)
  expect(told('replaced_series')).toBe(1)
  expect(told('doubtful_lines')).toBe(0)
  expect(told('dropped_lines', { reason: 'oversized' })).toBe(3)
  expect(told('dropped_lines', { reason: 'not_finite' })).toBe(3)
  expect(told('dropped_lines', { reason: 'samples_full' })).toBe(0)
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

it('two transports of one host are told apart by the labels that the user gives', async () => {
  const [first, second] = [await openReceiver(), await openReceiver()]
  const a = statsd({ name: 'a', port: first.port, flushIntervalMs: 3_600_000 })
  const b = statsd({ name: 'b', port: second.port, flushIntervalMs: 3_600_000 })
  const memory = createMemoryTransport()
  const use = { intervalMs: 0, maxAgeMs: 0, transports: ['memory'] }
  const host = createTidegauge({ selfMetrics: 'off' })
    .use(a.selfMetrics(), { ...use, labels: { transport: 'a' } })
    .use(b.selfMetrics(), { ...use, labels: { transport: 'b' } })
    .export(a)
    .export(b)
    .export(memory)
  await host.start()
  onTestFinished(() => host.stop())
  a.samples({ name: 'wait', type: 'ms' }).record(1)
  await host.flush()
  await memory.scrape()
  expect(host.health().plugins.map(({ name, state }) => [name, state])).toEqual([
    ['statsd', 'up'],
    ['statsd', 'up'],
  ])
  const lines = (transport: string) => memory.value('tidegauge_statsd_lines_total', { transport })
  expect([lines('a'), lines('b')]).toEqual([1, 0])
})
