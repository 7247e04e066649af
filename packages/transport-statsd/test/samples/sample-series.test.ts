import { defineInstruments } from '@tidegauge/core'
import { flushPromises } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { parseOptions } from '../../src/options.js'
import { SampleQueue } from '../../src/samples/sample-queue.js'
import { createSampleSeries } from '../../src/samples/sample-series.js'
import { TransportCounts } from '../../src/counts.js'
import { parseDatagram } from '../support/parser/parse-datagram.js'
import { startTransport, startWithReceiver } from '../support/start-transport.js'
import { createTestSender, doubtful, failed, sent } from '../support/test-sender.js'

const table = defineInstruments({ level: { kind: 'gauge', name: 'level', help: 'Level.' } })

describe('samples', () => {
  it('are sent as they were measured, in their order', async () => {
    const { flush, transport } = await startWithReceiver(table, { statsd: { globalTags: { env: 'test' } } })
    const wait = transport.samples({ name: 'order.wait', type: 'ms', labels: { route: 'a b' } })
    const size = transport.samples({ name: 'order.size', type: 'd' })
    const depth = transport.samples({ name: 'order.depth', type: 'h' })
    wait.record(12.5)
    size.record(-3)
    depth.record(0)
    wait.record(1e-7)
    expect(await flush()).toEqual([
      'order.wait:12.5|ms|#env:test,route:a_b',
      'order.size:-3|d|#env:test',
      'order.depth:0|h|#env:test',
      'order.wait:0.0000001|ms|#env:test,route:a_b',
    ])
    expect(await flush()).toEqual([])
    expect(transport.describe!()).toMatchObject({ lines: '4', replacedSeries: '1' })
  })

  for (const [tags, line] of [
    ['influx', 'wait,k=v:5|ms|@0.5'],
    ['librato', 'wait#k=v:5|ms|@0.5'],
    ['signalfx', 'wait[k=v]:5|ms|@0.5'],
    ['none', 'wait.k.v:5|ms|@0.5'],
    ['dogstatsd', 'wait:5|ms|@0.5|#k:v'],
  ] as const)
    it(`have their rate where the style ${tags} has it`, async () => {
      const { flush, transport } = await startWithReceiver(table, { statsd: { tags } })
      const wait = transport.samples({ name: 'wait', type: 'ms', labels: { k: 'v' }, rate: 0.5 })
      for (let i = 0; i < 100; i++) wait.record(5)
      const lines = await flush()
      expect(new Set(lines)).toEqual(new Set([line]))
      expect(lines.length).toBeGreaterThan(15)
      expect(lines.length).toBeLessThan(85)
    })

  it('use the rate of their plugin unless they have their own', () => {
    const options = parseOptions({ sampling: { orders: 0.25 } })
    const rates = [
      { plugin: 'orders' },
      { plugin: 'orders', rate: 1 },
      { plugin: 'other' },
      { plugin: 'constructor' },
      { rate: 0.1 },
    ].map((one) => {
      const deps = createDeps()
      const series = createSampleSeries(
        { name: 'a', type: 'h', ...one },
        { ...options, random: () => 0 },
        deps,
      )
      series.record(1)
      deps.queue.closeChunks()
      return parseDatagram('dogstatsd', deps.queue.first!.bytes)[0].sampleRate
    })
    expect(rates).toEqual([0.25, 1, 1, 1, 0.1])
  })

  it('are left out at random, as often as the rate says', () => {
    const { queue, counts } = createDeps()
    let at = 0
    const series = createSampleSeries(
      { name: 'a', type: 'h', rate: 0.25 },
      { lines: parseOptions().lines, sampling: {}, random: () => (at++ % 100) / 100 },
      { queue, counts },
    )
    for (let i = 0; i < 1_000; i++) series.record(i)
    let lines = 0
    for (let left = queue.closeChunks(); left > 0; left--) {
      lines += queue.first!.lines
      queue.removeFirst()
    }
    expect(lines).toBe(250)
  })

  it('that no receiver accepts are dropped and counted', async () => {
    const { flush, transport } = await startWithReceiver(table)
    const wait = transport.samples({ name: 'wait', type: 'ms' })
    for (const value of [NaN, Infinity, -1, '5' as never, undefined as never]) wait.record(value)
    expect(await flush()).toEqual([])
    expect(transport.describe!()).toMatchObject({ dropped_sample_invalid: '5' })
  })

  it('fill datagrams, and count those that are too long for one', async () => {
    const { tidegauge, receiver, transport } = await startWithReceiver(table, {
      statsd: { maxDatagramBytes: 64 },
    })
    const wait = transport.samples({ name: 'wait', type: 'ms' })
    const long = transport.samples({ name: 'x'.repeat(80), type: 'ms' })
    for (let i = 0; i < 20; i++) wait.record(i)
    long.record(1)
    await tidegauge.flush()
    const datagrams = await receiver.take()
    expect(datagrams.flatMap((text) => text.split('\n'))).toEqual(
      Array.from({ length: 20 }, (_, i) => `wait:${i}|ms`),
    )
    expect(datagrams.map((text) => text.length <= 64 && text.length > 40).slice(0, -1)).not.toContain(false)
    expect(transport.describe!()).toMatchObject({ dropped_oversized: '1' })
  })

  it('wait for a receiver up to a limit, above which new ones are dropped and counted', async () => {
    const sender = createTestSender({ maxBytes: 64 })
    const { tidegauge, transport } = await startTransport(table, {
      sender,
      statsd: { maxQueuedSampleBytes: 1_000 },
    })
    sender.answer = () => failed
    const wait = transport.samples({ name: 'wait', type: 'ms' })
    for (let i = 0; i < 500; i++) wait.record(100 + i)
    await tidegauge.flush()
    sender.answer = () => sent
    await tidegauge.flush()
    const lines = sender.takeSent()
    expect(lines).toEqual(Array.from({ length: lines.length }, (_, i) => `wait:${100 + i}|ms`))
    expect(lines.join('\n').length).toBeGreaterThan(900)
    expect(lines.join('\n').length).toBeLessThan(1_080)
    expect(transport.describe!()).toMatchObject({ dropped_samples_full: String(500 - lines.length) })
  })

  it('are sent before the next flush when the queue is half full', async () => {
    const sender = createTestSender({ maxBytes: 64 })
    const { transport, instruments } = await startTransport(table, {
      sender,
      statsd: { maxQueuedSampleBytes: 1_000 },
    })
    instruments.level.set(1)
    const wait = transport.samples({ name: 'wait', type: 'ms' })
    for (let i = 0; i < 60; i++) wait.record(100)
    await expect.poll(() => sender.takeSent().length).toBeGreaterThan(40)
    expect(sender.chunks.some(({ text }) => text.includes('level'))).toBe(false)
  })

  it('that fill the queue do not keep a flush from sending the series', async () => {
    const sender = createTestSender({ maxBytes: 64 })
    const { tidegauge, transport, instruments } = await startTransport(table, {
      sender,
      statsd: { maxQueuedSampleBytes: 1_000 },
    })
    instruments.level.set(1)
    let release = () => {}
    sender.answer = async () => {
      await new Promise<void>((resolve) => (release = resolve))
      sender.answer = () => sent
      return sent
    }
    const first = tidegauge.flush()
    await flushPromises()
    const wait = transport.samples({ name: 'wait', type: 'ms' })
    for (let i = 0; i < 60; i++) wait.record(100)
    await flushPromises()
    instruments.level.set(2)
    const second = transport.flush!()
    await flushPromises()
    release()
    await Promise.all([first, second])
    expect(sender.takeSent().filter((line) => line.startsWith('level'))).toEqual(['level:1|g', 'level:2|g'])
  })

  it('that never end do not delay the series, and are sent with the next run', async () => {
    const sender = createTestSender({ maxBytes: 64 })
    const { tidegauge, transport, instruments } = await startTransport(table, { sender })
    instruments.level.set(1)
    const wait = transport.samples({ name: 'wait', type: 'ms' })
    let recorded = 0
    const record = () => {
      // more than a chunk while each chunk is sent
      if (recorded < 2_000) for (let i = 0; i < 10; i++) wait.record(recorded++)
      return sent
    }
    record()
    const before = recorded
    sender.answer = record
    await tidegauge.flush()
    const lines = sender.takeSent()
    expect(lines).toEqual([...Array.from({ length: before }, (_, i) => `wait:${i}|ms`), 'level:1|g'])
    sender.answer = () => sent
    await tidegauge.flush()
    expect(sender.takeSent()).toEqual([
      ...Array.from({ length: recorded - before }, (_, i) => `wait:${before + i}|ms`),
      'level:1|g',
    ])
  })

  it('that filled the queue during a run are sent at once after it', async () => {
    const sender = createTestSender({ maxBytes: 64 })
    const { transport } = await startTransport(table, { sender, statsd: { maxQueuedSampleBytes: 1_000 } })
    const wait = transport.samples({ name: 'wait', type: 'ms' })
    const fill = () => {
      for (let i = 0; i < 60; i++) wait.record(100)
    }
    let left = 200
    // each chunk makes room for one more, so that the queue stays half full
    sender.answer = () => {
      if (left-- > 0) fill()
      return sent
    }
    fill()
    await expect.poll(() => sender.chunks.length).toBeGreaterThan(200)
    expect(left).toBeLessThanOrEqual(0)
  })

  it('of a broken connection are sent again or dropped, like series', async () => {
    for (const [brokenConnections, lines] of [
      ['resend', ['wait:1|ms']],
      ['drop', []],
    ] as const) {
      const sender = createTestSender()
      const { tidegauge, transport } = await startTransport(table, { sender, statsd: { brokenConnections } })
      transport.samples({ name: 'wait', type: 'ms' }).record(1)
      sender.answer = () => doubtful
      await tidegauge.flush()
      sender.answer = () => sent
      await tidegauge.flush()
      expect(sender.takeSent()).toEqual(lines)
    }
  })

  it('that fail do not change what the quantiles are over', async () => {
    const sender = createTestSender()
    const { tidegauge, transport, instruments } = await startTransport(
      defineInstruments({ size: { kind: 'histogram', name: 'size', help: 'Size.', bounds: [1, 10, 100] } }),
      { sender, statsd: { histograms: 'quantiles', quantiles: [0.5] } },
    )
    for (let i = 0; i < 100; i++) instruments.size.observe(0.5)
    await tidegauge.flush()
    sender.takeSent()
    transport.samples({ name: 'wait', type: 'ms' }).record(1)
    for (let i = 0; i < 10; i++) instruments.size.observe(50)
    sender.answer = () => failed
    await tidegauge.flush()
    sender.answer = () => sent
    await tidegauge.flush()
    // the median of the ten new values, not of all
    expect(sender.takeSent()).toContain('size:55|g|#quantile:0.5')
  })

  it('may be recorded before the start and after the stop', async () => {
    const { tidegauge, transport, flush } = await startWithReceiver(table)
    const wait = transport.samples({ name: 'wait', type: 'ms' })
    await tidegauge.stop()
    wait.record(1)
    await tidegauge.start()
    expect(await flush()).toEqual(['wait:1|ms'])
  })

  it('report everything that is wrong with their options', async () => {
    const { transport } = await startTransport(table, { sender: createTestSender() })
    const wrong = { name: '', type: 'x', labels: { 'a b': 'c' }, rate: 2, extra: 1 } as never
    expect(() => transport.samples(wrong)).toThrowError(
      expect.objectContaining({
        code: 'OPTIONS_INVALID',
        issues: ['extra', 'rate', 'name', 'type', 'labels'].map((path) => expect.objectContaining({ path })),
      }),
    )
  })
})

function createDeps() {
  const counts = new TransportCounts()
  const format = { maxBytes: 1_432, lastLineBreak: 'omitted' } as const
  return { queue: new SampleQueue({ format, maxBytes: 1_000_000 }, counts), counts }
}
