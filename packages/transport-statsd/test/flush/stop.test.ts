import { defineInstruments } from '@tidegauge/core'
import { createManualClock, flushPromises } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import type { SendResult } from '../../src/send/sender.js'
import { startTransport } from '../support/start-transport.js'
import { createTestSender, failed, sent } from '../support/test-sender.js'

const table = defineInstruments({
  hits: { kind: 'counter', name: 'hits', help: 'Hits.', labels: { route: {} }, seriesLimit: 200_000 },
  level: { kind: 'gauge', name: 'level', help: 'Level.' },
})

describe('the stop', () => {
  it('sends what is due, once, and closes', async () => {
    const sender = createTestSender()
    const { tidegauge, instruments } = await startTransport(table, { sender })
    instruments.hits.inc({ route: 'a' }, 2)
    instruments.level.set(1)
    await tidegauge.stop()
    expect(sender.takeSent()).toEqual(['hits:2|c|#route:a', 'level:1|g'])
    expect(sender.closed).toBe(1)
    await tidegauge.stop()
    expect(sender.closed).toBe(1)
  })

  it('sends what changed since the last flush, and nothing again', async () => {
    const sender = createTestSender()
    const { tidegauge, transport, instruments } = await startTransport(table, { sender })
    instruments.hits.inc({ route: 'a' }, 2)
    instruments.level.set(1)
    await tidegauge.flush()
    sender.takeSent()
    instruments.hits.inc({ route: 'a' }, 3)
    await transport.stop!()
    expect(sender.takeSent()).toEqual(['hits:3|c|#route:a'])
    expect(sender.closed).toBe(1)
  })

  it('ends in time when the receiver accepts nothing', async () => {
    const clock = createManualClock()
    const sender = createTestSender()
    const { tidegauge, instruments } = await startTransport(table, { sender, clock })
    instruments.level.set(1)
    sender.answer = () => new Promise<SendResult>(() => {})
    const stop = tidegauge.stop()
    await clock.advance(3_500)
    await stop
    expect(sender.closed).toBe(1)
    expect(clock.pending).toBe(0)
  })

  it('starts no run that was waiting', async () => {
    const clock = createManualClock()
    const sender = createTestSender()
    const { tidegauge, instruments } = await startTransport(table, { sender, clock })
    instruments.level.set(1)
    let release: (result: SendResult) => void = () => {}
    sender.answer = () => new Promise<SendResult>((resolve) => (release = resolve))
    sender.close = () => release(failed)
    const stop = tidegauge.stop()
    await clock.advance(3_500)
    await stop
    await flushPromises()
    expect(sender.chunks.map(({ outcome }) => outcome)).toEqual(['failed'])
  })

  it.each(['series', 'samples'] as const)(
    'ends a long run: no more chunk of %s is sent, even when the host is started again',
    async (what) => {
      const clock = createManualClock()
      const sender = createTestSender({ maxBytes: 64 })
      const { tidegauge, transport, instruments } = await startTransport(table, { sender, clock })
      const wait = transport.samples({ name: 'wait', type: 'ms' })
      if (what === 'series') for (let i = 0; i < 100; i++) instruments.hits.inc({ route: `/${i}` })
      else for (let i = 0; i < 100; i++) wait.record(100 + i)
      let release: (result: SendResult) => void = () => {}
      sender.answer = () => new Promise<SendResult>((resolve) => (release = resolve))
      const stop = tidegauge.stop()
      await clock.advance(3_500)
      await stop
      const first = tidegauge.start()
      await clock.advance(1)
      await first
      // the chunk of the first run was sent, and the result came late
      release(sent)
      await flushPromises()
      expect(sender.chunks).toHaveLength(1)
      sender.answer = () => sent
      await tidegauge.flush()
      const all = sender.takeSent()
      expect([all.length, new Set(all).size]).toEqual([100, 100])
    },
  )

  it('closes the sender, and the next start opens it again', async () => {
    const sender = createTestSender()
    const calls: string[] = []
    sender.open = () => void calls.push('open')
    sender.close = () => void calls.push('close')
    const { tidegauge, instruments } = await startTransport(table, { sender })
    instruments.level.set(1)
    await tidegauge.stop()
    await tidegauge.start()
    await tidegauge.flush()
    await tidegauge.stop()
    expect(calls).toEqual(['open', 'close', 'open', 'close'])
    expect(sender.chunks.length).toBeGreaterThan(1)
  })

  it('leaves no timer behind', async () => {
    const clock = createManualClock()
    const { tidegauge } = await startTransport(table, { sender: createTestSender(), clock })
    await clock.advance(25_000)
    await tidegauge.stop()
    expect(clock.pending).toBe(0)
  })
})
