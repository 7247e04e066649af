/** The original StatsD server has the values of the registry. */
import { defineInstruments, type Handles } from '@tidegauge/core'
import { startTestHost, type MemoryTransport } from '@tidegauge/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startStatsd, type StatsdServer } from '../support/statsd-server.js'
import { statsd, type StatsdOptions } from '../../src/index.js'

const SERIES = 1_000
const FLUSHES = 100
const INCREMENTS = 10_000_000

const table = defineInstruments({
  hits: {
    kind: 'counter',
    name: 'shop_hits_total',
    dottedName: 'shop.hits',
    help: 'Hits.',
    labels: { shelf: {} },
  },
})

/** Never on schedule: the test flushes. */
const never = { flushIntervalMs: 3_600_000, jitterRatio: 0 }

async function startServer(): Promise<StatsdServer> {
  const server = await startStatsd()
  onTestFinished(() => server.kill())
  return server
}

/** Increments that are spread unevenly over the series, the same in every run. */
function createTraffic(instruments: Handles<typeof table>) {
  const bound = Array.from({ length: SERIES }, (_, i) => instruments.hits.labels({ shelf: `s${i}` }))
  let state = 1
  return (increments: number) => {
    for (let i = 0; i < increments; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      bound[Math.floor((state / 2 ** 32) ** 2 * SERIES)].inc()
    }
  }
}

/** The counts of the registry, under the server's names. */
function countsOf(memory: MemoryTransport, key: (shelf: string) => string): Map<string, number> {
  const { series } = memory.read().find(({ name }) => name === 'shop_hits_total')!
  return new Map(series.map(({ labels, value }) => [key(labels['shelf']), value!]))
}

const sorted = (map: ReadonlyMap<string, number>) => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1))
const total = (map: ReadonlyMap<string, number>) => [...map.values()].reduce((a, b) => a + b, 0)

const cases = [
  { protocol: 'udp', tags: 'none', key: (shelf: string) => `shop.hits.shelf.${shelf}` },
  { protocol: 'udp', tags: 'dogstatsd', key: (shelf: string) => `shop.hits;shelf=${shelf}` },
  { protocol: 'tcp', tags: 'none', key: (shelf: string) => `shop.hits.shelf.${shelf}` },
  { protocol: 'tcp', tags: 'dogstatsd', key: (shelf: string) => `shop.hits;shelf=${shelf}` },
] as const
// each protocol once, and with both styles under `npm run test:long`
const selected = process.env['TIDEGAUGE_LONG'] === '1' ? cases : [cases[0], cases[3]]

describe.each(selected)('the real server over $protocol, tags $tags', ({ protocol, tags, key }) => {
  it('has every one of ten million increments of a thousand series after a hundred flushes and a restart', async () => {
    const server = await startServer()
    const options: StatsdOptions = { protocol, host: '127.0.0.1', port: server.port, tags, ...never }
    const { tidegauge, instruments, memory } = await startTestHost(table, { transports: [statsd(options)] })
    const increment = createTraffic(instruments)
    for (let flush = 1; flush <= FLUSHES; flush++) {
      increment(INCREMENTS / FLUSHES)
      await tidegauge.flush()
      await server.flush()
      if (flush === FLUSHES / 2) {
        await server.stop()
        expect(sorted(server.counters)).toEqual(sorted(countsOf(memory, key)))
        // increments while the server is down are sent later
        increment(1_234)
        await server.start()
      }
    }
    expect(sorted(server.counters)).toEqual(sorted(countsOf(memory, key)))
    expect(total(server.counters)).toBe(INCREMENTS + 1_234)
    expect(server.badLines).toBe(0)
  })
})
