import { defineInstruments } from '@tidegauge/core'
import { flushPromises } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { parseOptions } from '../../src/options.js'
import { SampleQueue } from '../../src/samples/sample-queue.js'
import { createSampleSeries } from '../../src/samples/samples.js'
import { Tally } from '../../src/tally.js'
import { parseDatagram } from '../support/parser/parse-datagram.js'
import { runHost, runWithReceiver } from '../support/run-host.js'
import { createTestSender, doubtful, failed } from '../support/test-sender.js'

const table = defineInstruments({ level: { kind: 'gauge', name: 'level', help: 'Level.' } })

describe('samples', () => {
  it('are sent as they were measured, in their order', async () => {
    const { flush, transport } = await runWithReceiver(table, { statsd: { globalTags: { env: 'test' } } })
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
      const { flush, transport } = await runWithReceiver(table, { statsd: { tags } })
      const wait = transport.samples({ name: 'wait', type: 'ms', labels: { k: 'v' }, rate: 0.5 })
      for (let i = 0; i < 100; i++) wait.record(5)
      const lines = await flush()
      expect(new Set(lines)).toEqual(new Set([line]))
      expect(lines.length).toBeGreaterThan(15)
      expect(lines.length).toBeLessThan(85)
    })

  it('take the rate of their plugin unless they have one of their own', () => {
    const options = parseOptions({ sampling: { orders: 0.25 } })
    const rates = [
      { plugin: 'orders' },
      { plugin: 'orders', rate: 1 },
      { plugin: 'other' },
      { plugin: 'constructor' },
      { rate: 0.1 },
    ].map((one) => {
      const { queue, tally } = queueOf()
      const series = createSampleSeries(
        { name: 'a', type: 'h', ...one },
        { lines: options.lines, sampling: options.sampling, random: () => 0 },
        { queue, tally },
      )
      series.record(1)
      queue.waiting()
      return parseDatagram('dogstatsd', queue.next()!.bytes)[0].sampleRate
    })
    expect(rates).toEqual([0.25, 1, 1, 1, 0.1])
  })

  it('are left out by chance, as often as the rate says', () => {
    const { queue, tally } = queueOf()
    let at = 0
    const series = createSampleSeries(
      { name: 'a', type: 'h', rate: 0.25 },
      { lines: parseOptions().lines, sampling: {}, random: () => (at++ % 100) / 100 },
      { queue, tally },
    )
    for (let i = 0; i < 1_000; i++) series.record(i)
    let lines = 0
    for (let left = queue.waiting(); left > 0; left--) {
      lines += queue.next()!.lines
      queue.shift()
    }
    expect(lines).toBe(250)
  })

  it('that no receiver could take are dropped and counted', async () => {
    const { flush, transport } = await runWithReceiver(table)
    const wait = transport.samples({ name: 'wait', type: 'ms' })
    for (const value of [NaN, Infinity, -1, '5' as never, undefined as never]) wait.record(value)
    expect(await flush()).toEqual([])
    expect(transport.describe!()).toMatchObject({ dropped_sample_invalid: '5' })
  })

  it('fill datagrams, and count those that are too long for one', async () => {
    const { host, receiver, transport } = await runWithReceiver(table, { statsd: { maxDatagramBytes: 64 } })
    const wait = transport.samples({ name: 'wait', type: 'ms' })
    const long = transport.samples({ name: 'x'.repeat(80), type: 'ms' })
    for (let i = 0; i < 20; i++) wait.record(i)
    long.record(1)
    await host.flush()
    const datagrams = await receiver.take()
    expect(datagrams.flatMap((text) => text.split('\n'))).toEqual(
      Array.from({ length: 20 }, (_, i) => `wait:${i}|ms`),
    )
    expect(datagrams.map((text) => text.length <= 64 && text.length > 40).slice(0, -1)).not.toContain(false)
    expect(transport.describe!()).toMatchObject({ dropped_oversized: '1' })
  })

  it('wait for a receiver up to a limit, past which new ones are dropped and counted', async () => {
    const sender = createTestSender({ maxBytes: 64 })
    const { host, transport } = await runHost(table, { sender, statsd: { maxQueuedSampleBytes: 1_000 } })
    sender.answer = () => failed
    const wait = transport.samples({ name: 'wait', type: 'ms' })
    for (let i = 0; i < 500; i++) wait.record(100 + i)
    await host.flush()
    sender.answer = () => ({ outcome: 'sent' })
    await host.flush()
    const sent = sender.takeSent()
    expect(sent).toEqual(Array.from({ length: sent.length }, (_, i) => `wait:${100 + i}|ms`))
    expect(sent.join('\n').length).toBeGreaterThan(900)
    expect(sent.join('\n').length).toBeLessThan(1_080)
    expect(transport.describe!()).toMatchObject({ dropped_samples_full: String(500 - sent.length) })
  })

  it('are sent before the next flush when half of the room is taken', async () => {
    const sender = createTestSender({ maxBytes: 64 })
    const { transport, instruments } = await runHost(table, {
      sender,
      statsd: { maxQueuedSampleBytes: 1_000 },
    })
    instruments.level.set(1)
    const wait = transport.samples({ name: 'wait', type: 'ms' })
    for (let i = 0; i < 60; i++) wait.record(100)
    await expect.poll(() => sender.takeSent().length).toBeGreaterThan(40)
    expect(sender.chunks.some(({ text }) => text.includes('level'))).toBe(false)
  })

  it('that press do not keep a flush from sending the figures', async () => {
    const sender = createTestSender({ maxBytes: 64 })
    const { host, transport, instruments } = await runHost(table, {
      sender,
      statsd: { maxQueuedSampleBytes: 1_000 },
    })
    instruments.level.set(1)
    let release = () => {}
    sender.answer = async () => {
      await new Promise<void>((resolve) => (release = resolve))
      sender.answer = () => ({ outcome: 'sent' })
      return { outcome: 'sent' }
    }
    const first = host.flush()
    await flushPromises()
    const wait = transport.samples({ name: 'wait', type: 'ms' })
    for (let i = 0; i < 60; i++) wait.record(100)
    await flushPromises()
    instruments.level.set(2)
    const second = host.flush()
    await flushPromises()
    release()
    await Promise.all([first, second])
    expect(sender.takeSent().filter((line) => line.startsWith('level'))).toEqual(['level:1|g', 'level:2|g'])
  })

  it('that never cease let the figures pass, and come with the next run themselves', async () => {
    const sender = createTestSender({ maxBytes: 64 })
    const { host, transport, instruments } = await runHost(table, { sender })
    instruments.level.set(1)
    const wait = transport.samples({ name: 'wait', type: 'ms' })
    let recorded = 0
    const record = () => {
      // more than a chunk while each chunk is sent, as long as anybody would wait
      if (recorded < 2_000) for (let i = 0; i < 10; i++) wait.record(recorded++)
      return { outcome: 'sent' } as const
    }
    record()
    const before = recorded
    sender.answer = record
    await host.flush()
    const lines = sender.takeSent()
    expect(lines).toEqual([...Array.from({ length: before }, (_, i) => `wait:${i}|ms`), 'level:1|g'])
    sender.answer = () => ({ outcome: 'sent' })
    await host.flush()
    expect(sender.takeSent()).toEqual([
      ...Array.from({ length: recorded - before }, (_, i) => `wait:${before + i}|ms`),
      'level:1|g',
    ])
  })

  it('that came during a run and press are sent at once after it', async () => {
    const sender = createTestSender({ maxBytes: 64 })
    const { transport } = await runHost(table, { sender, statsd: { maxQueuedSampleBytes: 1_000 } })
    const wait = transport.samples({ name: 'wait', type: 'ms' })
    const fill = () => {
      for (let i = 0; i < 60; i++) wait.record(100)
    }
    let left = 200
    // each chunk makes room for one more, so that the queue is never calm
    sender.answer = () => {
      if (left-- > 0) fill()
      return { outcome: 'sent' }
    }
    fill()
    await expect.poll(() => sender.chunks.length).toBeGreaterThan(200)
    expect(left).toBeLessThanOrEqual(0)
  })

  it('of a connection that broke are sent again, or not, as the figures are', async () => {
    for (const [brokenConnections, lines] of [
      ['resend', ['wait:1|ms']],
      ['drop', []],
    ] as const) {
      const sender = createTestSender()
      const { host, transport } = await runHost(table, { sender, statsd: { brokenConnections } })
      transport.samples({ name: 'wait', type: 'ms' }).record(1)
      sender.answer = () => doubtful
      await host.flush()
      sender.answer = () => ({ outcome: 'sent' })
      await host.flush()
      expect(sender.takeSent()).toEqual(lines)
    }
  })

  it('that fail leave the window of the quantiles as it was', async () => {
    const sender = createTestSender()
    const { host, transport, instruments } = await runHost(
      defineInstruments({ size: { kind: 'histogram', name: 'size', help: 'Size.', bounds: [1, 10, 100] } }),
      { sender, statsd: { histograms: 'quantiles', quantiles: [0.5] } },
    )
    for (let i = 0; i < 100; i++) instruments.size.observe(0.5)
    await host.flush()
    sender.takeSent()
    transport.samples({ name: 'wait', type: 'ms' }).record(1)
    for (let i = 0; i < 10; i++) instruments.size.observe(50)
    sender.answer = () => failed
    await host.flush()
    sender.answer = () => ({ outcome: 'sent' })
    await host.flush()
    // half of the ten that came since, and not of all that there ever were
    expect(sender.takeSent()).toContain('size:55|g|#quantile:0.5')
  })

  it('may be recorded before the start and after the stop', async () => {
    const { host, transport, flush } = await runWithReceiver(table)
    const wait = transport.samples({ name: 'wait', type: 'ms' })
    await host.stop()
    wait.record(1)
    await host.start()
    expect(await flush()).toEqual(['wait:1|ms'])
  })

  it('tell everything that is wrong with their options', async () => {
    const { transport } = await runHost(table, { sender: createTestSender() })
    const wrong = { name: '', type: 'x', labels: { 'a b': 'c' }, rate: 2, extra: 1 } as never
    expect(() => transport.samples(wrong)).toThrowError(
      expect.objectContaining({
        code: 'OPTIONS_INVALID',
        issues: ['extra', 'rate', 'name', 'type', 'labels'].map((path) => expect.objectContaining({ path })),
      }),
    )
  })
})

function queueOf() {
  const tally = new Tally()
  const form = { maxBytes: 1_432, lastLineBreak: 'left out' } as const
  return { queue: new SampleQueue({ form, style: 'dogstatsd', mostBytes: 1_000_000 }, tally), tally }
}
