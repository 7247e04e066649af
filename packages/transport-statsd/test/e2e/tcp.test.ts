/** Over TCP nothing is lost or doubled; lines of a broken connection are counted, and resent or dropped as the option says. */
import { defineInstruments } from '@tidegauge/core'
import { startTestHost } from '@tidegauge/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startBreakingProxy, type Break } from '../support/breaking-proxy.js'
import { startReceiver } from '../support/receiver-process.js'
import { startStatsd } from '../support/statsd-server.js'
import { statsd, type StatsdOptions, type StatsdTransport } from '../../src/index.js'

const SERIES = 400
const restarts = process.env['TIDEGAUGE_LONG'] === '1' ? 200 : 6

const table = defineInstruments({
  hits: { kind: 'counter', name: 'hits_total', help: 'Hits.', labels: { shelf: {} } },
})

/** A server, a proxy before it if `proxied` is given, and a host that sends there when the test flushes. */
async function start(proxied?: { after: readonly number[]; how: Break }, options: StatsdOptions = {}) {
  const server = await startStatsd()
  onTestFinished(() => server.kill())
  const proxy = proxied && (await startBreakingProxy({ to: server.port, ...proxied }))
  onTestFinished(() => proxy?.stop())
  const transport = statsd({
    protocol: 'tcp',
    port: proxy?.port ?? server.port,
    tags: 'none',
    flushIntervalMs: 3_600_000,
    ...options,
  })
  const { tidegauge, instruments } = await startTestHost(table, { transports: [transport] })
  const bound = Array.from({ length: SERIES }, (_, i) => instruments.hits.labels({ shelf: `s${i}` }))
  /** The total of each series. */
  const totals = new Map<string, number>()
  let rounds = 0
  const increment = () => {
    rounds++
    for (const [i, hits] of bound.entries()) {
      const by = 1 + ((i * 7 + rounds * 13) % 100)
      hits.inc(by)
      const key = `hits_total.shelf.s${i}`
      totals.set(key, (totals.get(key) ?? 0) + by)
    }
  }
  const health = () => tidegauge.health().transports.find(({ name }) => name === 'statsd')!
  return { server, proxy: proxy!, transport, tidegauge, increment, totals, health }
}

/** The number of bytes of the first of several chunks. */
async function firstChunkBytes(): Promise<number> {
  const receiver = await startReceiver('tcp')
  onTestFinished(() => receiver.stop())
  const { tidegauge, increment } = await start(undefined, { port: receiver.port })
  increment()
  await tidegauge.flush()
  const chunks = await receiver.received()
  expect(chunks.length).toBeGreaterThan(1)
  return chunks[0].length
}

const sorted = (map: ReadonlyMap<string, number>) => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1))
const count = (transport: StatsdTransport, name: string) => Number(transport.describe!()[name] ?? 0)

describe('the real server over TCP', () => {
  it.each(['stop', 'kill'] as const)(
    'gets once what was counted while it was down, after a %s',
    async (how) => {
      const { server, tidegauge, increment, totals, health, transport } = await start()
      for (let round = 0; round < 5; round++) {
        increment()
        await tidegauge.flush()
        await server.flush()
        await server[how]()
        for (let i = 0; i < 3; i++) {
          increment()
          await tidegauge.flush()
        }
        expect(health()).toMatchObject({ state: 'down', lastError: expect.stringContaining('ECONNREFUSED') })
        await server.start()
        await tidegauge.flush()
        expect(health().state).toBe('up')
        await server.flush()
        expect(sorted(server.counters)).toEqual(sorted(totals))
      }
      expect(count(transport, 'doubtfulLines')).toBe(0)
      expect(server.badLines).toBe(0)
    },
  )

  it(
    'loses and doubles nothing when it is restarted again and again while the transport sends',
    { timeout: 600_000 },
    async () => {
      const { server, tidegauge, increment, totals, transport } = await start(undefined, {
        flushIntervalMs: 10,
        jitterRatio: 0.5,
      })
      const timer = setInterval(increment, 3)
      onTestFinished(() => clearInterval(timer))
      for (let restart = 0; restart < restarts; restart++) {
        await new Promise((resolve) => setTimeout(resolve, 200))
        await server.stop()
        await new Promise((resolve) => setTimeout(resolve, 50))
        await server.start()
      }
      clearInterval(timer)
      await tidegauge.flush()
      await server.flush()
      const excess = [...totals].map(([key, value]) => (server.counters.get(key) ?? 0) - value)
      expect(Math.min(...excess)).toBeGreaterThanOrEqual(0)
      const doubled = excess.filter((one) => one > 0).length
      console.log(
        `${count(transport, 'lines')} lines, ${doubled} series with a line twice, ${count(transport, 'doubtfulLines')} in doubt`,
      )
      expect(doubled).toBe(0)
      expect(server.badLines).toBe(0)
    },
  )
})

describe('a connection that breaks', () => {
  it.each(['end', 'reset'] as const)('between two flushes loses nothing: %s', async (how) => {
    const { server, proxy, tidegauge, increment, totals, transport } = await start({ after: [], how })
    for (let round = 0; round < 10; round++) {
      increment()
      await tidegauge.flush()
      proxy.breakNow(how)
    }
    await server.flush()
    expect(sorted(server.counters)).toEqual(sorted(totals))
    expect(count(transport, 'doubtfulLines')).toBe(0)
  })

  it.each(['end', 'reset'] as const)('before the first byte was read loses nothing: %s', async (how) => {
    const { server, proxy, tidegauge, increment, totals, health } = await start({ after: [0, 0, 0], how })
    for (let round = 0; round < 4; round++) {
      increment()
      await tidegauge.flush()
      expect(health().state).toBe(round < 3 ? 'down' : 'up')
    }
    expect(proxy.breaks).toBe(3)
    await proxy.allForwarded()
    await server.flush()
    expect(sorted(server.counters)).toEqual(sorted(totals))
  })

  it.each(['end', 'reset'] as const)(
    'after everything was read, but not acknowledged, doubles that chunk and counts it: %s',
    async (how) => {
      const chunkBytes = await firstChunkBytes()
      const { server, proxy, tidegauge, increment, totals, transport } = await start({
        after: [chunkBytes],
        how,
      })
      increment()
      await tidegauge.flush()
      await proxy.allForwarded()
      const read = Object.entries((await server.flush()).counters)
      const doubtful = count(transport, 'doubtfulLines')
      // a late close without a reset is the acknowledgement
      if (how === 'reset' || doubtful > 0) expect(read.length).toBe(doubtful)
      await tidegauge.flush()
      await server.flush()
      const expected = new Map(totals)
      if (doubtful > 0) for (const [key, value] of read) expected.set(key, totals.get(key)! + value)
      expect(sorted(server.counters)).toEqual(sorted(expected))
    },
  )

  // inside a line, after a line break, early, late, and never
  const positions = [1, 7, 24, 25, 26, 500, 4_000, 8_100, 100_000]

  it.each(positions.flatMap((after) => (['end', 'reset'] as const).map((how) => ({ after, how }))))(
    'after $after bytes ($how) loses nothing, and doubles exactly the complete lines that were read',
    async ({ after, how }) => {
      const { server, proxy, tidegauge, increment, totals, transport } = await start({ after: [after], how })
      increment()
      await tidegauge.flush()
      await proxy.allForwarded()
      const read = (await server.flush()).counters
      const isBroken = proxy.breaks > 0
      await tidegauge.flush()
      await proxy.allForwarded()
      await server.flush()
      const expected = new Map(totals)
      if (isBroken)
        for (const [key, value] of Object.entries(read)) expected.set(key, totals.get(key)! + value)
      expect(sorted(server.counters)).toEqual(sorted(expected))
      expect(count(transport, 'doubtfulLines') > 0).toBe(isBroken)
      expect(Object.keys(read).length).toBeLessThanOrEqual(
        isBroken ? count(transport, 'doubtfulLines') : SERIES,
      )
      expect(server.badLines).toBe(0)
    },
  )

  it.each(positions.flatMap((after) => (['end', 'reset'] as const).map((how) => ({ after, how }))))(
    'after $after bytes ($how) doubles nothing with "drop", and loses exactly the rest of its chunk',
    async ({ after, how }) => {
      const broken = { after: [after], how }
      const { server, proxy, tidegauge, increment, totals, transport } = await start(broken, {
        brokenConnections: 'drop',
      })
      increment()
      await tidegauge.flush()
      await tidegauge.flush()
      await proxy.allForwarded()
      await server.flush()
      const missing = [...totals].filter(([key, value]) => server.counters.get(key) !== value)
      for (const [key] of missing) expect(server.counters.get(key) ?? 0).toBe(0)
      // the lines of the first chunk start with the first series, and are read in their order
      const dropped = count(transport, 'dropped_connection_broken')
      expect(dropped > 0).toBe(proxy.breaks > 0)
      const lost = [...totals.keys()].slice(dropped - missing.length, dropped)
      expect(missing.map(([key]) => key)).toEqual(lost)
    },
  )
})
