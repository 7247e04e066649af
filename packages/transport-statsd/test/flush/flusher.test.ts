import { defineInstruments, definePlugin } from '@tidegauge/core'
import { createManualClock, flushPromises, startTestHost } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { parseOptions } from '../../src/options.js'
import type { SendResult } from '../../src/send/sender.js'
import { createTransport } from '../../src/transport.js'
import { startTransport } from '../support/start-transport.js'
import { createTestSender, failed, sent } from '../support/test-sender.js'

const table = defineInstruments({
  hits: { kind: 'counter', name: 'hits', help: 'Hits.', labels: { route: {} }, seriesLimit: 200_000 },
  level: { kind: 'gauge', name: 'level', help: 'Level.' },
})

describe('flushes', () => {
  it('run once per interval, and a late one is not made up for', async () => {
    const clock = createManualClock()
    const sender = createTestSender()
    const { instruments } = await startTransport(table, {
      sender,
      clock,
      statsd: { flushIntervalMs: 1_000 },
    })
    instruments.level.set(4)
    await clock.advance(999)
    expect(sender.takeSent()).toEqual([])
    await clock.advance(1)
    expect(sender.takeSent()).toEqual(['level:4|g'])
    await clock.advance(3_000)
    expect(sender.takeSent()).toEqual(['level:4|g', 'level:4|g', 'level:4|g'])
  })

  it('run earlier or later by no more than the jitter', async () => {
    const clock = createManualClock()
    const sender = createTestSender()
    const at: number[] = []
    const { instruments } = await startTransport(table, {
      sender,
      clock,
      statsd: { flushIntervalMs: 1_000, jitterRatio: 0.5 },
    })
    instruments.level.set(1)
    sender.answer = () => (at.push(clock.monotonic()), sent)
    for (let ms = 0; ms < 60_000; ms += 10) await clock.advance(10)
    const gaps = at.slice(1).map((ms, i) => ms - at[i])
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(500)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(1_520)
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeGreaterThan(200)
  })

  // the start of the host is the first collect pass
  it('collect plugins first whose values are out of date', async () => {
    const clock = createManualClock()
    const sender = createTestSender()
    let passes = 0
    const plugin = definePlugin({
      name: 'app',
      version: '0.0.0',
      apiLevel: 1,
      instruments: table,
      collect: ({ instruments }) => instruments.level.set(++passes),
    })
    const transport = createTransport(parseOptions({ flushIntervalMs: 5_000, jitterRatio: 0 }), sender)
    const { tidegauge } = await startTestHost(plugin, { clock, transports: [transport] })
    await clock.advance(10_000)
    expect(sender.takeSent()).toEqual(['level:2|g', 'level:3|g'])
    await tidegauge.flush()
    expect(sender.takeSent()).toEqual(['level:4|g'])
  })

  it('never overlap: all requests during a flush share one more flush', async () => {
    const sender = createTestSender()
    const { tidegauge, instruments, transport } = await startTransport(table, { sender })
    instruments.level.set(1)
    let release: (result: SendResult) => void = () => {}
    let max = 0
    let concurrent = 0
    sender.answer = async () => {
      max = Math.max(max, ++concurrent)
      const result = await new Promise<SendResult>((resolve) => (release = resolve))
      concurrent--
      return result
    }
    const flushes = [tidegauge.flush(), transport.flush!(), transport.flush!(), transport.flush!()]
    await flushPromises()
    release(sent)
    await flushPromises()
    release(sent)
    await Promise.all(flushes)
    expect([max, sender.takeSent()]).toEqual([1, ['level:1|g', 'level:1|g']])
  })

  it('stop waiting for a receiver that accepts nothing, lose nothing, and report it', async () => {
    const clock = createManualClock()
    const sender = createTestSender()
    const { tidegauge, instruments, transport, health } = await startTransport(table, {
      sender,
      clock,
      statsd: { flushIntervalMs: 10_000 },
    })
    instruments.hits.inc({ route: 'a' }, 2)
    let release: (result: SendResult) => void = () => {}
    sender.answer = () => new Promise<SendResult>((resolve) => (release = resolve))
    const flush = tidegauge.flush()
    await clock.advance(2_000)
    await flush
    expect(health()).toMatchObject({
      state: 'down',
      lastError: expect.stringContaining('is not sent yet'),
    })
    // three scheduled flushes: none starts during the one before
    instruments.hits.inc({ route: 'a' }, 3)
    await clock.advance(30_000)
    expect(transport.describe!()).toMatchObject({ errors: '4' })
    sender.answer = () => sent
    release(sent)
    await flushPromises()
    await tidegauge.flush()
    expect(sender.takeSent()).toEqual(['hits:2|c|#route:a', 'hits:3|c|#route:a'])
    expect(health()).toMatchObject({ state: 'up' })
  })

  it('wait for a receiver that is slow but makes progress', async () => {
    const clock = createManualClock()
    const sender = createTestSender({ maxBytes: 64 })
    const { tidegauge, instruments, health } = await startTransport(table, { sender, clock })
    for (let i = 0; i < 12; i++) instruments.hits.inc({ route: `/${i}` })
    sender.answer = () => new Promise<SendResult>((resolve) => clock.after(1_000, () => resolve(sent)))
    const flush = tidegauge.flush()
    await clock.advance(5_000)
    await flush
    expect(health()).toMatchObject({ state: 'up' })
    expect(sender.takeSent()).toHaveLength(12)
  })

  it.each([
    ['4.5 s without a deadline', undefined, 4_500],
    ['100 ms before the deadline of the host', 4_000, 3_900],
  ] as const)('end after %s, even while there is progress', async (_, deadlineMs, endsMs) => {
    const clock = createManualClock()
    const sender = createTestSender({ maxBytes: 64 })
    const { transport, instruments } = await startTransport(table, { sender, clock })
    for (let i = 0; i < 100; i++) instruments.hits.inc({ route: `/${i}` })
    sender.answer = () => new Promise<SendResult>((resolve) => clock.after(1_000, () => resolve(sent)))
    const fromMs = clock.monotonic()
    let endedMs = 0
    const context = deadlineMs === undefined ? undefined : { deadlineMs: fromMs + deadlineMs }
    const flush = transport.flush!(context) as Promise<void>
    const ended = expect(flush.finally(() => (endedMs = clock.monotonic()))).rejects.toMatchObject({
      code: 'EXPORT_TIMEOUT',
    })
    for (let ms = 0; ms < 5_000; ms += 100) await clock.advance(100)
    await ended
    expect(endedMs - fromMs).toBe(endsMs)
    sender.answer = () => sent
    await clock.advance(1_000)
  })

  it('that take too long are reported by the transport, before the host’s own deadline', async () => {
    const clock = createManualClock()
    const sender = createTestSender({ maxBytes: 64 })
    const { tidegauge, instruments, health, log } = await startTransport(table, { sender, clock })
    for (let i = 0; i < 100; i++) instruments.hits.inc({ route: `/${i}` })
    sender.answer = () => new Promise<SendResult>((resolve) => clock.after(1_000, () => resolve(sent)))
    const flush = tidegauge.flush()
    await clock.advance(4_500)
    await flush
    expect(health()).toMatchObject({ state: 'down' })
    expect(log.filter((line) => line.includes('did not end within'))).toEqual([])
    sender.answer = () => sent
    await clock.advance(1_000)
  })

  it('end at the first datagram that fails, and report why', async () => {
    const sender = createTestSender({ maxBytes: 64 })
    const { tidegauge, instruments, health } = await startTransport(table, { sender })
    for (let i = 0; i < 12; i++) instruments.hits.inc({ route: `/${i}` })
    sender.answer = (i) => (i === 1 ? failed : sent)
    await tidegauge.flush()
    expect(sender.chunks.map(({ outcome }) => outcome)).toEqual(['sent', 'failed'])
    expect(health()).toMatchObject({
      state: 'down',
      lastError: 'could not send to test://sender: refused by the test',
    })
  })

  it('do not time out while a large unchanged registry is read', async () => {
    const clock = createManualClock()
    const sender = createTestSender({ maxBytes: 65_000 })
    const { tidegauge, instruments, health } = await startTransport(table, { sender, clock })
    for (let i = 0; i < 100_000; i++) instruments.hits.inc({ route: `/${i}` })
    await tidegauge.flush()
    const state = { isDone: false }
    const flush = tidegauge.flush().then(() => (state.isDone = true))
    // one second per turn of the event loop: slow, but never without progress
    for (let turns = 0; !state.isDone && turns < 4; turns++) await clock.advance(1_000)
    await flush
    expect(health()).toMatchObject({ state: 'up' })
  })

  it('continue after a sender that throws', async () => {
    const sender = createTestSender()
    const { tidegauge, instruments, health } = await startTransport(table, { sender })
    instruments.level.set(1)
    sender.answer = () => {
      throw new TypeError('an internal error')
    }
    await tidegauge.flush()
    expect(health()).toMatchObject({ state: 'down', lastError: 'an internal error' })
    sender.answer = () => sent
    await tidegauge.flush()
    expect(sender.takeSent()).toEqual(['level:1|g'])
  })

  it('give the event loop turns while a large registry is written', async () => {
    const sender = createTestSender({ maxBytes: 8_192 })
    const { tidegauge, instruments } = await startTransport(table, { sender })
    for (let i = 0; i < 100_000; i++) instruments.hits.inc({ route: `/${i}` })
    let turns = 0
    const state = { isDone: false }
    const flush = tidegauge.flush().then(() => (state.isDone = true))
    while (!state.isDone) await new Promise((resolve) => setImmediate(resolve)).then(() => turns++)
    await flush
    expect(sender.takeSent()).toHaveLength(100_000)
    expect(turns).toBeGreaterThan(3)
  })

  it('leave series that are created meanwhile to the next flush', async () => {
    const sender = createTestSender({ maxBytes: 64 })
    const { tidegauge, instruments } = await startTransport(table, { sender })
    for (let i = 0; i < 10; i++) instruments.hits.inc({ route: `/${i}` })
    sender.answer = (i) => {
      if (i < 3) instruments.hits.inc({ route: `/late-${i}` })
      return sent
    }
    await tidegauge.flush()
    expect(sender.takeSent()).toHaveLength(10)
    await tidegauge.flush()
    expect(sender.takeSent().toSorted()).toEqual([0, 1, 2].map((i) => `hits:1|c|#route:/late-${i}`))
  })
})
