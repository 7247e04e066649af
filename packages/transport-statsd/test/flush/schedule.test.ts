import { defineInstruments } from '@tidegauge/core'
import { createManualClock, flushPromises } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import type { SendResult } from '../../src/send/sender.js'
import { startTransport } from '../support/start-transport.js'
import { createTestSender, sent } from '../support/test-sender.js'

const table = defineInstruments({
  level: { kind: 'gauge', name: 'level', help: 'Level.' },
})

describe('scheduled flushes', () => {
  it.each(['samples alone are sent', 'the user flushes'] as const)(
    'that are due while %s wait, and fail only at the next interval',
    async (what) => {
      const clock = createManualClock()
      const sender = createTestSender()
      const { instruments, transport, tidegauge } = await startTransport(table, {
        sender,
        clock,
        statsd: { flushIntervalMs: 1_000, maxQueuedSampleBytes: 10_000 },
      })
      let release: (result: SendResult) => void = () => {}
      sender.answer = () => new Promise<SendResult>((resolve) => (release = resolve))
      instruments.level.set(1)
      const wait = transport.samples({ name: 'wait', type: 'ms' })
      const flushes: Promise<void>[] = []
      const startRun = async () => {
        if (what === 'the user flushes') flushes.push(tidegauge.flush())
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
      await startRun()
      await clock.advance(150)
      await releaseAll()
      expect(failures()).toBe(0)
      expect(transport.describe!()).toMatchObject({ flushes: what === 'the user flushes' ? '2' : '1' })
      // the next run blocks from 1,950 to 3,500: the flush at 2,000 waits for it, the one at 3,000 fails
      await clock.advance(899)
      await startRun()
      await clock.advance(549)
      expect(failures()).toBe(0)
      await clock.advance(1_000)
      expect(failures()).toBe(1)
      sender.answer = () => sent
      release(sent)
      await Promise.all(flushes)
    },
  )

  it('that were started by the schedule fail the next one when they have not ended', async () => {
    const clock = createManualClock()
    const sender = createTestSender()
    const { instruments, transport } = await startTransport(table, {
      sender,
      clock,
      statsd: { flushIntervalMs: 1_000 },
    })
    instruments.level.set(1)
    let release: (result: SendResult) => void = () => {}
    sender.answer = () => new Promise<SendResult>((resolve) => (release = resolve))
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
