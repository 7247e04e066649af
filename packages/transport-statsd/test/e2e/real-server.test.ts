/** The original StatsD server holds what the registry holds. */
import { defineInstruments } from '@tidegauge/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startStatsd, type StatsdServer } from '../../../../tools/test/statsd-server.js'
import { statsd, type StatsdOptions } from '../../src/index.js'
import { runHost, type RunningHost } from './support/run-host.js'

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

/** Never by itself: the test says when. */
const never = { flushIntervalMs: 3_600_000, jitterRatio: 0 }

async function startServer(): Promise<StatsdServer> {
  const server = await startStatsd()
  onTestFinished(() => server.kill())
  return server
}

/** Increments spread over the series unevenly, the same in every run. */
function createTraffic({ instruments }: RunningHost<typeof table>) {
  const bound = Array.from({ length: SERIES }, (_, i) => instruments.hits.labels({ shelf: `s${i}` }))
  let state = 1
  return (increments: number) => {
    for (let i = 0; i < increments; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      bound[Math.floor((state / 2 ** 32) ** 2 * SERIES)].inc()
    }
  }
}

/** What the registry counted, under the names that the server has them by. */
function held({ memory }: RunningHost<typeof table>, key: (shelf: string) => string): Map<string, number> {
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
// each protocol once by default, with either style under `npm run test:long`
const tried = process.env['TIDEGAUGE_LONG'] === '1' ? cases : [cases[0], cases[3]]

describe.each(tried)('the real server over $protocol, tags $tags', ({ protocol, tags, key }) => {
  it('has every one of ten million increments of a thousand series after a hundred flushes and a restart', async () => {
    const server = await startServer()
    const options: StatsdOptions = { protocol, host: '127.0.0.1', port: server.port, tags, ...never }
    const running = await runHost(table, statsd(options))
    const increment = createTraffic(running)
    for (let flush = 1; flush <= FLUSHES; flush++) {
      increment(INCREMENTS / FLUSHES)
      await running.host.flush()
      await server.flush()
      if (flush === FLUSHES / 2) {
        await server.stop()
        expect(sorted(server.counters)).toEqual(sorted(held(running, key)))
        // what nobody sends while it is away waits
        increment(1_234)
        await server.start()
      }
    }
    expect(sorted(server.counters)).toEqual(sorted(held(running, key)))
    expect(total(server.counters)).toBe(INCREMENTS + 1_234)
    expect(server.badLines).toBe(0)
  })
})
