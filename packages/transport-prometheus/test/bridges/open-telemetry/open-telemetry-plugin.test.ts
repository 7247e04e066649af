import {
  AggregationTemporality,
  AggregationType,
  MeterProvider,
  MetricReader,
} from '@opentelemetry/sdk-metrics'
import { isDeepStrictEqual } from 'node:util'
import { apiLevel } from '@tidegauge/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openTelemetryPlugin, type OpenTelemetryOptions } from '../../../src/index.js'
import { linesOf, linesOfFamilies } from '../lines.js'
import { openBridge } from '../open-bridge.js'
import { runs } from '@tidegauge/testkit'

/** The SDK's own reader, to compare with. */
class PlainReader extends MetricReader {
  protected async onShutdown() {}
  protected async onForceFlush() {}
}

/** A provider with its meter, read by the plugin in a host. */
async function open({ views, plugin: options, ...rest }: any = {}) {
  const plugin = openTelemetryPlugin({ scopeLabels: 'off', ...options } as OpenTelemetryOptions)
  const plain = new PlainReader({ cardinalitySelector: () => 100_000 })
  const provider = new MeterProvider({ readers: [plugin.reader, plain], views })
  const bridge = await openBridge(plugin, rest)
  return { ...bridge, plugin, provider, plain, meter: provider.getMeter('app', '1.2.3') }
}

describe('a MeterProvider', () => {
  test('is read with every kind, under the names of Prometheus', async () => {
    const { meter, scrape, memory } = await open()
    meter.createCounter('app.jobs', { unit: '{job}', description: 'Jobs done' }).add(2.5, { 'job.kind': 'a' })
    meter.createUpDownCounter('app.open').add(-3)
    meter.createGauge('app.load', { unit: '1' }).record(0.25)
    const wait = meter.createHistogram('app.wait', {
      unit: 's',
      advice: { explicitBucketBoundaries: [1, 5] },
    })
    for (const seconds of [0.5, 1, 7]) wait.record(seconds, { ok: true })
    meter
      .createObservableCounter('app.bytes', { unit: 'By' })
      .addCallback((result) => result.observe(100, { 'a.b': 1 }))
    meter.createObservableGauge('app.heat', { unit: 'Cel' }).addCallback((result) => result.observe(-4))
    const families = await scrape()
    expect(families.map(({ name, type, help }) => [name, type, help])).toEqual([
      ['app_jobs_total', 'counter', 'Jobs done'],
      ['app_open', 'gauge', 'app.open'],
      ['app_load_ratio', 'gauge', 'app.load'],
      ['app_wait_seconds', 'histogram', 'app.wait'],
      ['app_bytes_total', 'counter', 'app.bytes'],
      ['app_heat_celsius', 'gauge', 'app.heat'],
    ])
    const ok = { ok: 'true' }
    expect(linesOfFamilies(families)).toEqual(
      linesOf([
        { name: 'app_jobs_total', labels: { job_kind: 'a' }, value: 2.5 },
        { name: 'app_open', labels: {}, value: -3 },
        { name: 'app_load_ratio', labels: {}, value: 0.25 },
        { name: 'app_bytes_total', labels: { a_b: '1' }, value: 100 },
        { name: 'app_heat_celsius', labels: {}, value: -4 },
        { name: 'app_wait_seconds_bucket', labels: { ...ok, le: 1 }, value: 2 },
        { name: 'app_wait_seconds_bucket', labels: { ...ok, le: 5 }, value: 2 },
        { name: 'app_wait_seconds_bucket', labels: { ...ok, le: '+Inf' }, value: 3 },
        { name: 'app_wait_seconds_sum', labels: ok, value: 8.5 },
        { name: 'app_wait_seconds_count', labels: ok, value: 3 },
      ]),
    )
    const wire = memory.context.read().find(({ name }) => name === 'app_wait_seconds')!
    expect([wire.dottedName, wire.unit]).toEqual(['app.wait', 'seconds'])
  })

  test('is read exactly, at each of many passes', async () => {
    const amount = fc.double({ min: 0, max: 1e100, noNaN: true })
    const step = fc.record({
      kind: fc.constantFrom('sum', 'both', 'level', 'explicit', 'exponential'),
      value: fc.oneof(amount, fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constant(0)),
      attributes: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('x', 'y', 'ü"\n'), {
        maxKeys: 2,
      }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { maxLength: 12 }), { maxLength: 4 }), async (rounds) => {
        const { provider, scrape, memory, plain, tidegauge } = await open({
          views: [
            { instrumentName: 'exponential', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } },
          ],
        })
        const meter = provider.getMeter('m')
        const record: Record<string, (value: number, attributes: any) => void> = {
          sum: (value, attributes) => sum.add(Math.abs(value), attributes),
          both: (value, attributes) => both.add(value, attributes),
          level: (value, attributes) => level.record(value, attributes),
          explicit: (value, attributes) => explicit.record(value, attributes),
          exponential: (value, attributes) => exponential.record(value, attributes),
        }
        const sum = meter.createCounter('sum')
        const both = meter.createUpDownCounter('both')
        const level = meter.createGauge('level')
        const explicit = meter.createHistogram('explicit', {
          advice: { explicitBucketBoundaries: [-1, 0, 1, 1e6] },
        })
        const exponential = meter.createHistogram('exponential')
        for (const steps of rounds) {
          for (const { kind, value, attributes } of steps) record[kind](value, attributes)
          await scrape()
          const metrics = (await plain.collect()).resourceMetrics.scopeMetrics.flatMap(
            (scope) => scope.metrics,
          )
          for (const { descriptor, dataPoints } of metrics as any[])
            for (const { attributes, value } of dataPoints)
              expectPoint(memory, descriptor.name, attributes, value)
        }
        await tidegauge.stop()
      }),
      { numRuns: runs(40) },
    )
  })

  test('may add labels later: older series have them empty', async () => {
    const { meter, scrape, log } = await open()
    const counter = meter.createCounter('c')
    counter.add(1)
    await scrape()
    counter.add(2, { a: 'x' })
    counter.add(3, { b: 'y' })
    expect(linesOfFamilies(await scrape())).toEqual(
      linesOf([
        { name: 'c_total', labels: {}, value: 1 },
        { name: 'c_total', labels: { a: 'x' }, value: 2 },
        { name: 'c_total', labels: { b: 'y' }, value: 3 },
      ]),
    )
    expect(log).toEqual([])
  })

  test('has the scope in labels, unless the option says otherwise', async () => {
    const both = async (scopeLabels: 'on' | 'off') => {
      const opened = await open({ plugin: { scopeLabels } })
      opened.provider.getMeter('one', '1.0.0', { schemaUrl: 'https://x' }).createCounter('c').add(1)
      opened.provider.getMeter('two').createCounter('c').add(2)
      opened.provider.getMeter('three').createGauge('c.total').record(3)
      return { ...opened, lines: linesOfFamilies(await opened.scrape()) }
    }
    const on = await both('on')
    expect(on.lines).toEqual(
      linesOf([
        {
          name: 'c_total',
          labels: { otel_scope_name: 'one', otel_scope_version: '1.0.0', otel_scope_schema_url: 'https://x' },
          value: 1,
        },
        { name: 'c_total', labels: { otel_scope_name: 'two' }, value: 2 },
      ]),
    )
    expect(on.log).toEqual([
      expect.stringContaining('metric "c_total" is left out: the source has two metrics'),
    ])
    expect(on.skipped('opentelemetry', 'name_clash')).toBe(1)
    const off = await both('off')
    expect(off.lines).toEqual(['c_total[] 1'])
    expect(off.dropped('opentelemetry', 'duplicate')).toBe(1)
  })

  test('loses series that are no longer observed', async () => {
    const { meter, scrape } = await open()
    let rooms = ['north', 'south']
    meter
      .createObservableGauge('heat')
      .addCallback((result) => rooms.forEach((room) => result.observe(1, { room })))
    expect(linesOfFamilies(await scrape())).toHaveLength(2)
    rooms = ['north']
    const left = linesOfFamilies(await scrape())
    expect(left.filter((line) => line.includes('south'))).toEqual([])
    expect(left).toHaveLength(1)
  })

  test('never has more series than the limit', async () => {
    const { meter, scrape } = await open({ plugin: { seriesLimit: 10 } })
    const counter = meter.createCounter('c')
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 9; i++) counter.add(1, { i: `${round}-${i}` })
      await scrape()
    }
    expect(linesOfFamilies(await scrape()).length).toBeLessThanOrEqual(11)
  })

  test('with callbacks that fail or hang is marked down; its other metrics are updated', async () => {
    const { meter, scrape, memory, tidegauge } = await open({ use: { timeoutMs: 200 } })
    const counter = meter.createCounter('fine')
    const broken = meter.createObservableGauge('broken')
    let fails = false
    broken.addCallback(async (result) => {
      if (fails) throw new Error('no sensor')
      result.observe(7)
    })
    counter.add(1)
    await scrape()
    fails = true
    counter.add(1)
    await scrape()
    expect(tidegauge.health().plugins[0]).toMatchObject({
      state: 'down',
      lastError: expect.stringContaining('no sensor'),
    })
    expect([memory.value('fine_total'), memory.value('broken')]).toEqual([2, 7])
    const hanging = await open({ use: { timeoutMs: 200 } })
    hanging.meter.createObservableGauge('hangs').addCallback(() => new Promise(() => {}))
    hanging.meter.createCounter('fine').add(4)
    await hanging.scrape()
    expect(hanging.tidegauge.health().plugins[0].state).toBe('down')
    expect(hanging.memory.value('fine_total')).toBe(4)
  })

  test('that does not exist or was shut down gives a clear error', async () => {
    const lonely = await openBridge(openTelemetryPlugin())
    expect(lonely.tidegauge.health().plugins[0].lastError).toContain('its reader is in no MeterProvider')
    const { provider, meter, scrape, memory, tidegauge } = await open()
    meter.createCounter('c').add(1)
    await scrape()
    await provider.shutdown()
    await scrape()
    expect(tidegauge.health().plugins[0].lastError).toContain('was shut down')
    expect(memory.value('c_total')).toBe(1)
  })

  test('accepts a reader once', () => {
    const { reader } = openTelemetryPlugin()
    expect(new MeterProvider({ readers: [reader] })).toBeDefined()
    expect(() => new MeterProvider({ readers: [reader] })).toThrow('bound to a MeterProvider already')
  })

  test('can be read through another reader; delta temporality is refused', async () => {
    const own = new PlainReader()
    const delta = new PlainReader({ aggregationTemporalitySelector: () => AggregationTemporality.DELTA })
    const provider = new MeterProvider({ readers: [own, delta] })
    const plugins = [
      openTelemetryPlugin({ producer: own, scopeLabels: 'off' }),
      openTelemetryPlugin({ name: 'delta', producer: delta, prefix: 'delta_', scopeLabels: 'off' }),
    ]
    const { scrape, skipped, log } = await openBridge(plugins[0], { others: plugins.slice(1) })
    provider.getMeter('m').createCounter('c').add(3)
    provider.getMeter('m').createGauge('g').record(4)
    expect(linesOfFamilies(await scrape())).toEqual(['c_total[] 3', 'delta_g[] 4', 'g[] 4'])
    expect(skipped('delta', 'unsupported')).toBe(1)
    expect(log.join()).toContain('temporality is delta')
  })

  test('does not affect a plugin that has one of its names', async () => {
    const plugin = openTelemetryPlugin()
    const provider = new MeterProvider({ readers: [plugin.reader] })
    const app = {
      name: 'app',
      version: '1.0.0',
      apiLevel,
      instruments: { c: { kind: 'counter', name: 'c_total', help: 'C' } },
    } as const
    const { scrape, memory, skipped } = await openBridge(app, { others: [plugin] })
    provider.getMeter('m').createCounter('c').add(3)
    await scrape()
    expect(memory.value('c_total')).toBe(0)
    expect(skipped('opentelemetry', 'name_clash')).toBe(1)
  })
})

test('refuses all wrong options with one error', () => {
  expect(() => openTelemetryPlugin({ scopeLabels: 'maybe', producer: {}, url: 1 } as any)).toThrow(
    /option url.*option scopeLabels.*option producer/,
  )
})

/** Compares a series of Tidegauge with the SDK's data point. */
function expectPoint(memory: any, name: string, attributes: Record<string, string>, value: any): void {
  const family = memory.read({ names: new Set([name === 'sum' ? 'sum_total' : name]) })[0]
  const mine = family?.series.find(({ labels }: any) => {
    const given = Object.fromEntries(Object.entries(labels).filter(([, text]) => text !== ''))
    return isDeepStrictEqual(given, { ...attributes })
  })
  expect(mine, `${name} ${JSON.stringify(attributes)}`).toBeDefined()
  if (typeof value === 'number') expect(mine.value + 0).toBe(value + 0)
  else if (name === 'explicit')
    expect(mine).toMatchObject({ buckets: value.buckets.counts, sum: value.sum, count: value.count })
  else expectExponential(memory, name, mine, value)
}

function expectExponential(memory: any, name: string, mine: any, value: any): void {
  expect(mine).toMatchObject({ sum: value.sum, count: value.count })
  const ours = (run: any) =>
    [...run.counts.subarray(0, run.length)].flatMap((count: number, i: number) =>
      count === 0 ? [] : [[run.start + i, count]],
    )
  const theirs = ({ offset, bucketCounts }: any) =>
    bucketCounts.flatMap((count: number, i: number) => (count === 0 ? [] : [[offset + i, count]]))
  const buckets: unknown[] = []
  for (const family of memory.context.read({ names: new Set([name]) }))
    for (const { exponential } of family.series()) {
      const { zeroCount, positive, negative } = exponential
      buckets.push([zeroCount, ours(positive), negative === undefined ? [] : ours(negative)])
    }
  expect(buckets).toContainEqual([value.zeroCount, theirs(value.positive), theirs(value.negative)])
}
