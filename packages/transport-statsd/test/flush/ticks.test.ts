import { defineInstruments } from '@tidegauge/core'
import { createManualClock, flushPromises } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import type { Sending } from '../../src/send/sender.js'
import { runHost } from '../support/run-host.js'
import { createTestSender } from '../support/test-sender.js'

const table = defineInstruments({
  level: { kind: 'gauge', name: 'level', help: 'Level.' },
})
const sent: Sending = { outcome: 'sent' }

describe('flushes', () => {
  it.each(['samples alone are sent', 'the user flushes'] as const)(
    'that come due while %s wait for their turn, and fail only at the tick after',
    async (what) => {
      const clock = createManualClock()
      const sender = createTestSender()
      const { instruments, transport, host } = await runHost(table, {
        sender,
        host: { clock },
        statsd: { flushIntervalMs: 1_000, maxQueuedSampleBytes: 10_000 },
      })
      let release: (sending: Sending) => void = () => {}
      sender.answer = () => new Promise<Sending>((resolve) => (release = resolve))
      instruments.level.set(1)
      const wait = transport.samples({ name: 'wait', type: 'ms' })
      const flushes: Promise<void>[] = []
      const begin = async () => {
        if (what === 'the user flushes') flushes.push(host.flush())
        else for (let i = 0; i < 500; i++) wait.record(1)
        await clock.advance(1)
      }
      const failures = () => Number(transport.describe!()['errors'])
      const releaseAll = async () => {
        for (let i = 0; i < 20; i++) {
          release(sent)
          await flushPromises()
        }
      }
      await clock.advance(900)
      await begin()
      await clock.advance(150)
      await releaseAll()
      expect(failures()).toBe(0)
      expect(transport.describe!()).toMatchObject({ flushes: what === 'the user flushes' ? '2' : '1' })
      // the next one is held up from 1,950 to 3,500, which the tick at 2,000 waits for and that at 3,000 does not
      await clock.advance(899)
      await begin()
      await clock.advance(549)
      expect(failures()).toBe(0)
      await clock.advance(1_000)
      expect(failures()).toBe(1)
      sender.answer = () => sent
      release(sent)
      await Promise.all(flushes)
    },
  )

  it('that a tick began are late at the next one', async () => {
    const clock = createManualClock()
    const sender = createTestSender()
    const { instruments, transport } = await runHost(table, {
      sender,
      host: { clock },
      statsd: { flushIntervalMs: 1_000 },
    })
    instruments.level.set(1)
    let release: (sending: Sending) => void = () => {}
    sender.answer = () => new Promise<Sending>((resolve) => (release = resolve))
    await clock.advance(1_999)
    expect(transport.describe!()).toMatchObject({ errors: '0' })
    await clock.advance(1)
    expect(transport.describe!()).toMatchObject({ errors: '1' })
    sender.answer = () => sent
    release(sent)
    await flushPromises()
    expect(sender.takeSent()).toEqual(['level:1|g'])
  })
})
