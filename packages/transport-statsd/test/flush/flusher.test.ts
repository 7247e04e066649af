import { defineInstruments } from '@tidegauge/core'
import { createManualClock, flushPromises } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import type { Sending } from '../../src/send/sender.js'
import { runHost } from '../support/run-host.js'
import { createTestSender, failed } from '../support/test-sender.js'

const table = defineInstruments({
  hits: { kind: 'counter', name: 'hits', help: 'Hits.', labels: { route: {} }, seriesLimit: 200_000 },
  level: { kind: 'gauge', name: 'level', help: 'Level.' },
})
const sent: Sending = { outcome: 'sent' }

describe('flushes', () => {
  it('come by themselves every interval, and the next one after a late tick is not doubled', async () => {
    const clock = createManualClock()
    const sender = createTestSender()
    const { instruments } = await runHost(table, {
      sender,
      host: { clock },
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

  it('come earlier or later by no more than the jitter', async () => {
    const clock = createManualClock()
    const sender = createTestSender()
    const at: number[] = []
    const { instruments } = await runHost(table, {
      sender,
      host: { clock },
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

  // the host's own start is the first pass
  it('collect first what is out of date', async () => {
    const clock = createManualClock()
    const sender = createTestSender()
    let passes = 0
    const { host } = await runHost(table, {
      sender,
      host: { clock },
      statsd: { flushIntervalMs: 5_000 },
      plugin: { collect: ({ instruments }) => instruments.level.set(++passes) },
    })
    await clock.advance(10_000)
    expect(sender.takeSent()).toEqual(['level:2|g', 'level:3|g'])
    await host.flush()
    expect(sender.takeSent()).toEqual(['level:4|g'])
  })

  it('never overlap: what is asked for meanwhile is one flush more', async () => {
    const sender = createTestSender()
    const { host, instruments, transport } = await runHost(table, { sender })
    instruments.level.set(1)
    let release: (sending: Sending) => void = () => {}
    let most = 0
    let now = 0
    sender.answer = async () => {
      most = Math.max(most, ++now)
      const sending = await new Promise<Sending>((resolve) => (release = resolve))
      now--
      return sending
    }
    const flushes = [host.flush(), transport.flush!(), transport.flush!(), transport.flush!()]
    await flushPromises()
    release(sent)
    await flushPromises()
    release(sent)
    await Promise.all(flushes)
    expect([most, sender.takeSent()]).toEqual([1, ['level:1|g', 'level:1|g']])
  })

  it('give up waiting for a receiver that takes nothing, lose nothing, and tell it in the health report', async () => {
    const clock = createManualClock()
    const sender = createTestSender()
    const { host, instruments, transport } = await runHost(table, {
      sender,
      host: { clock },
      statsd: { flushIntervalMs: 10_000 },
    })
    instruments.hits.inc({ route: 'a' }, 2)
    let release: (sending: Sending) => void = () => {}
    sender.answer = () => new Promise<Sending>((resolve) => (release = resolve))
    const flush = host.flush()
    await clock.advance(2_000)
    await flush
    expect(host.health().transports).toMatchObject([
      { state: 'down', lastError: expect.stringContaining('has not yet taken what was sent') },
    ])
    // three ticks pass: nothing is begun while it is under way
    instruments.hits.inc({ route: 'a' }, 3)
    await clock.advance(30_000)
    expect(transport.describe!()).toMatchObject({ errors: '4' })
    sender.answer = () => sent
    release(sent)
    await flushPromises()
    await host.flush()
    expect(sender.takeSent()).toEqual(['hits:2|c|#route:a', 'hits:3|c|#route:a'])
    expect(host.health().transports).toMatchObject([{ state: 'up' }])
  })

  it('wait for a receiver that is slow but goes on', async () => {
    const clock = createManualClock()
    const sender = createTestSender({ maxBytes: 64 })
    const { host, instruments } = await runHost(table, { sender, host: { clock } })
    for (let i = 0; i < 12; i++) instruments.hits.inc({ route: `/${i}` })
    sender.answer = () => new Promise<Sending>((resolve) => clock.after(1_000, () => resolve(sent)))
    const flush = host.flush()
    await clock.advance(5_000)
    await flush
    expect(host.health().transports).toMatchObject([{ state: 'up' }])
    expect(sender.takeSent()).toHaveLength(12)
  })

  it('give up after 4.5 s in any case, before the host does', async () => {
    const clock = createManualClock()
    const sender = createTestSender({ maxBytes: 64 })
    const { host, instruments } = await runHost(table, { sender, host: { clock } })
    for (let i = 0; i < 100; i++) instruments.hits.inc({ route: `/${i}` })
    sender.answer = () => new Promise<Sending>((resolve) => clock.after(1_000, () => resolve(sent)))
    const flush = host.flush()
    await clock.advance(4_500)
    await flush
    expect(host.health().transports).toMatchObject([{ state: 'down' }])
    sender.answer = () => sent
    await clock.advance(1_000)
  })

  it('stop at the first datagram that fails, and say why', async () => {
    const sender = createTestSender({ maxBytes: 64 })
    const { host, instruments } = await runHost(table, { sender })
    for (let i = 0; i < 12; i++) instruments.hits.inc({ route: `/${i}` })
    sender.answer = (i) => (i === 1 ? failed : sent)
    await host.flush()
    expect(sender.chunks.map(({ outcome }) => outcome)).toEqual(['sent', 'failed'])
    expect(host.health().transports).toMatchObject([
      {
        state: 'down',
        lastError: 'could not send to test://sender: made to fail',
      },
    ])
  })

  it('are not late while a registry is looked through in which nothing is new', async () => {
    const clock = createManualClock()
    const sender = createTestSender({ maxBytes: 65_000 })
    const { host, instruments } = await runHost(table, { sender, host: { clock } })
    for (let i = 0; i < 100_000; i++) instruments.hits.inc({ route: `/${i}` })
    await host.flush()
    const state = { isDone: false }
    const flush = host.flush().then(() => (state.isDone = true))
    // a second for each turn of the loop: slow, but never without progress
    for (let turns = 0; !state.isDone && turns < 4; turns++) await clock.advance(1_000)
    await flush
    expect(host.health().transports).toMatchObject([{ state: 'up' }])
  })

  it('survive a sender that throws', async () => {
    const sender = createTestSender()
    const { host, instruments } = await runHost(table, { sender })
    instruments.level.set(1)
    sender.answer = () => {
      throw new TypeError('a fault of ours')
    }
    await host.flush()
    expect(host.health().transports).toMatchObject([{ state: 'down', lastError: 'a fault of ours' }])
    sender.answer = () => sent
    await host.flush()
    expect(sender.takeSent()).toEqual(['level:1|g'])
  })

  it('let the event loop have its turn while a large registry is written', async () => {
    const sender = createTestSender({ maxBytes: 8_192 })
    const { host, instruments } = await runHost(table, { sender })
    for (let i = 0; i < 100_000; i++) instruments.hits.inc({ route: `/${i}` })
    let turns = 0
    const state = { isDone: false }
    const flush = host.flush().then(() => (state.isDone = true))
    while (!state.isDone) await new Promise((resolve) => setImmediate(resolve)).then(() => turns++)
    await flush
    expect(sender.takeSent()).toHaveLength(100_000)
    expect(turns).toBeGreaterThan(3)
  })

  it('leave series out that come while they are written, for the next one', async () => {
    const sender = createTestSender({ maxBytes: 64 })
    const { host, instruments } = await runHost(table, { sender })
    for (let i = 0; i < 10; i++) instruments.hits.inc({ route: `/${i}` })
    sender.answer = (i) => {
      if (i < 3) instruments.hits.inc({ route: `/late-${i}` })
      return sent
    }
    await host.flush()
    expect(sender.takeSent()).toHaveLength(10)
    await host.flush()
    expect(sender.takeSent().toSorted()).toEqual([0, 1, 2].map((i) => `hits:1|c|#route:/late-${i}`))
  })
})
