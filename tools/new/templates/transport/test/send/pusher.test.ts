import { createManualClock, startTestHost, until } from '@tidegauge/testkit'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { mySystem } from '../../src/index.js'
import { startReceiver } from '../support/receiver.js'

const table = { requests: { kind: 'counter', name: 'requests_total', help: 'Requests' } } as const

let receiver: Awaited<ReturnType<typeof startReceiver>>
beforeEach(async () => {
  receiver = await startReceiver()
})
afterEach(() => receiver.stop())

it('sends once per interval', async () => {
  const clock = createManualClock()
  const transport = mySystem({ url: receiver.url, intervalMs: 1_000 })
  const { instruments } = await startTestHost(table, { clock, transports: [transport] })
  instruments.requests.inc(5)
  await clock.advance(999)
  expect(receiver.bodies).toEqual([])
  await clock.advance(1)
  await until(() => receiver.bodies.length === 1, 'the first push')
  expect(receiver.lines()).toMatchObject([{ name: 'requests_total', value: 5 }])
})

it('reports a receiver that refuses, without the secrets in its URL', async () => {
  const { tidegauge, log } = await startTestHost(table, { transports: [mySystem({ url: receiver.url })] })
  receiver.status = 503
  await tidegauge.flush()
  const health = () => tidegauge.health().transports.find(({ name }) => name === 'my-system')
  expect(health()).toMatchObject({ state: 'down' })
  expect(log.join()).toContain('/metrics answered with the status 503, expected 200 to 299')
  expect(log.join()).not.toContain('secret')
  receiver.status = 200
  await tidegauge.flush()
  expect(health()).toMatchObject({ state: 'up' })
})

it('reports a receiver that does not answer in time', async () => {
  const transport = mySystem({ url: receiver.url, timeoutMs: 50 })
  const { tidegauge, log } = await startTestHost(table, { transports: [transport] })
  receiver.answer = 'never'
  await tidegauge.flush()
  expect(log.join()).toContain('did not answer within 50 ms')
})

it('stops at once while the receiver does not answer', async () => {
  const clock = createManualClock()
  const transport = mySystem({ url: receiver.url, intervalMs: 1_000 })
  await startTestHost(table, { clock, transports: [transport] })
  receiver.answer = 'never'
  await clock.advance(1_000)
  await until(() => receiver.bodies.length === 1, 'the push')
  await transport.stop?.()
  expect(clock.pending).toBe(0)
})
