/** A large flush over UDP arrives completely at a healthy receiver with the system's default buffers. */
import { defineInstruments } from '@tidegauge/core'
import { runs } from '@tidegauge/testkit'
import { expect, it, onTestFinished } from 'vitest'
import { startTransport } from '../support/start-transport.js'
import { startStatsd } from '../support/statsd-server.js'
import { openReceiver } from '../support/udp-receiver.js'

/** 100,000 under `npm run test:long`. */
const SERIES = runs(5_000)
const FLUSHES = 3

const table = defineInstruments({
  requests: {
    kind: 'counter',
    name: 'shop_requests_total',
    help: 'Requests.',
    labels: { route: {}, method: {} },
    seriesLimit: 200_000,
  },
})

const quietOptions = { flushIntervalMs: 3_600_000 }

it('#10/39: a flush of many series loses no datagram at the StatsD server of npm', async () => {
  const server = await startStatsd()
  onTestFinished(() => server.kill())
  const { tidegauge, transport, instruments } = await startTransport(table, {
    statsd: { port: server.port, ...quietOptions },
    host: { stopTimeoutMs: 60_000 },
  })
  const series = Array.from({ length: SERIES }, (_, i) =>
    instruments.requests.labels({ route: `/shops/{shop}/products/${i}`, method: 'GET' }),
  )
  for (let flush = 0; flush < FLUSHES; flush++) {
    for (const one of series) one.inc(flush + 1)
    await tidegauge.flush()
  }
  await server.flush()
  const values = [...server.counters.values()]
  expect([values.length, values.filter((value) => value !== 6).length]).toEqual([SERIES, 0])
  expect(transport.describe!()).toMatchObject({ lines: String(FLUSHES * SERIES), errors: '0' })
}, 120_000)

it('#10/39: a stop does not wait for the pace: it keeps its deadline and sends the rest', async () => {
  const receiver = await openReceiver()
  const { transport, instruments } = await startTransport(table, {
    statsd: { port: receiver.port, maxBytesPerMs: 64, ...quietOptions },
  })
  for (let i = 0; i < 3_000; i++)
    instruments.requests.inc({ route: `/shops/{shop}/products/${i}`, method: 'GET' })
  const startedMs = performance.now()
  await expect(transport.flush!({ deadlineMs: startedMs + 300 })).rejects.toMatchObject({
    code: 'EXPORT_TIMEOUT',
  })
  await transport.stop!({ deadlineMs: startedMs + 4_000 })
  // at this pace it would have taken 3,000 lines of 65 bytes / 64 bytes per ms
  expect(performance.now() - startedMs).toBeLessThan(2_000)
  const lines = (await receiver.take()).flatMap((datagram) => datagram.split('\n'))
  expect(new Set(lines).size).toBe(3_000)
})
