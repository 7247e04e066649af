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

describe('the stop', () => {
  it('sends what is new, once, and closes', async () => {
    const sender = createTestSender()
    const { host, instruments } = await runHost(table, { sender })
    instruments.hits.inc({ route: 'a' }, 2)
    instruments.level.set(1)
    await host.stop()
    expect(sender.takeSent()).toEqual(['hits:2|c|#route:a', 'level:1|g'])
    expect(sender.closed).toBe(1)
    await host.stop()
    expect(sender.closed).toBe(1)
  })

  it('sends what has come since the last flush, and not again what is known', async () => {
    const sender = createTestSender()
    const { host, transport, instruments } = await runHost(table, { sender })
    instruments.hits.inc({ route: 'a' }, 2)
    instruments.level.set(1)
    await host.flush()
    sender.takeSent()
    instruments.hits.inc({ route: 'a' }, 3)
    await transport.stop!()
    expect(sender.takeSent()).toEqual(['hits:3|c|#route:a'])
    expect(sender.closed).toBe(1)
  })

  it('ends in time when the receiver takes nothing', async () => {
    const clock = createManualClock()
    const sender = createTestSender()
    const { host, instruments } = await runHost(table, { sender, host: { clock } })
    instruments.level.set(1)
    sender.answer = () => new Promise<Sending>(() => {})
    const stop = host.stop()
    await clock.advance(3_500)
    await stop
    expect(sender.closed).toBe(1)
    expect(clock.pending).toBe(0)
  })

  it('lets nothing begin that was waiting for its turn', async () => {
    const clock = createManualClock()
    const sender = createTestSender()
    const { host, instruments } = await runHost(table, { sender, host: { clock } })
    instruments.level.set(1)
    let release: (sending: Sending) => void = () => {}
    sender.answer = () => new Promise<Sending>((resolve) => (release = resolve))
    sender.close = () => release(failed)
    const stop = host.stop()
    await clock.advance(3_500)
    await stop
    await flushPromises()
    expect(sender.chunks.map(({ outcome }) => outcome)).toEqual(['failed'])
  })

  it.each(['figures', 'samples'] as const)(
    'ends a long run: not one chunk of %s more is handed over, also when the host is started again',
    async (what) => {
      const clock = createManualClock()
      const sender = createTestSender({ maxBytes: 64 })
      const { host, transport, instruments } = await runHost(table, { sender, host: { clock } })
      const wait = transport.samples({ name: 'wait', type: 'ms' })
      if (what === 'figures') for (let i = 0; i < 100; i++) instruments.hits.inc({ route: `/${i}` })
      else for (let i = 0; i < 100; i++) wait.record(100 + i)
      let release: (sending: Sending) => void = () => {}
      sender.answer = () => new Promise<Sending>((resolve) => (release = resolve))
      const stop = host.stop()
      await clock.advance(3_500)
      await stop
      const first = host.start()
      await clock.advance(1)
      await first
      // what was under way had gone, and nobody had heard of it
      release(sent)
      await flushPromises()
      expect(sender.chunks).toHaveLength(1)
      sender.answer = () => sent
      await host.flush()
      const all = sender.takeSent()
      expect([all.length, new Set(all).size]).toEqual([100, 100])
    },
  )

  it('opens and closes its sender with each life', async () => {
    const sender = createTestSender()
    const calls: string[] = []
    sender.open = () => void calls.push('open')
    sender.close = () => void calls.push('close')
    const { host, instruments } = await runHost(table, { sender })
    instruments.level.set(1)
    await host.stop()
    await host.start()
    await host.flush()
    await host.stop()
    expect(calls).toEqual(['open', 'close', 'open', 'close'])
    expect(sender.chunks.length).toBeGreaterThan(1)
  })

  it('leaves no timer behind', async () => {
    const clock = createManualClock()
    const { host } = await runHost(table, { sender: createTestSender(), host: { clock } })
    await clock.advance(25_000)
    await host.stop()
    expect(clock.pending).toBe(0)
  })
})
