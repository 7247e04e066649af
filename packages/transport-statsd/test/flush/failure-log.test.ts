import { defineInstruments } from '@tidegauge/core'
import { createManualClock } from '@tidegauge/testkit'
import { expect, it } from 'vitest'
import { startTransport } from '../support/start-transport.js'
import { createTestSender, failed, sent } from '../support/test-sender.js'

const table = defineInstruments({
  level: { kind: 'gauge', name: 'level', help: 'Level.' },
})

it('#10/42: a receiver that is down is logged once, then every five minutes, and when it is back', async () => {
  const clock = createManualClock()
  const sender = createTestSender()
  const { instruments, log } = await startTransport(table, {
    sender,
    clock,
    statsd: { flushIntervalMs: 10_000 },
  })
  instruments.level.set(1)
  sender.answer = () => failed
  await clock.advance(100_000)
  const error =
    'error transport "statsd": an export failed: could not send to test://sender: refused by the test'
  expect(log).toEqual([error])
  await clock.advance(300_000)
  expect(log).toEqual([error, `${error} (31 failures since the last success)`])
  sender.answer = () => sent
  await clock.advance(20_000)
  expect(log.slice(2)).toEqual(['info transport "statsd": exports succeed again, after 40 failures'])
  sender.answer = () => failed
  await clock.advance(20_000)
  expect(log.slice(3)).toEqual([error])
})
