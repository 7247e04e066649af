/** Over TCP nothing is lost or doubled; what can't be known of a connection that broke is told, and errs as was chosen. */
import { defineInstruments } from '@tidegauge/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startBreakingProxy, type Break } from '../../../../tools/test/statsd-breaking-proxy.js'
import { startReceiver } from '../../../../tools/test/statsd-receiver.js'
import { startStatsd } from '../../../../tools/test/statsd-server.js'
import { statsd, type StatsdOptions, type StatsdTransport } from '../../src/index.js'
import { runHost } from './support/run-host.js'

const SERIES = 400
const restarts = process.env['TIDEGAUGE_LONG'] === '1' ? 200 : 6

const table = defineInstruments({
  hits: { kind: 'counter', name: 'hits_total', help: 'Hits.', labels: { shelf: {} } },
})

/** A server, a proxy before it where one is asked for, and a host that sends there when it is told to. */
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
  const { host, instruments } = await runHost(table, transport)
  const bound = Array.from({ length: SERIES }, (_, i) => instruments.hits.labels({ shelf: `s${i}` }))
  /** What each series was incremented by in all. */
  const truth = new Map<string, number>()
  let rounds = 0
  const increment = () => {
    rounds++
    for (const [i, hits] of bound.entries()) {
      const by = 1 + ((i * 7 + rounds * 13) % 100)
      hits.inc(by)
      const key = `hits_total.shelf.s${i}`
      truth.set(key, (truth.get(key) ?? 0) + by)
    }
  }
  const health = () => host.health().transports.find(({ name }) => name === 'statsd')!
  return { server, proxy: proxy!, transport, host, increment, truth, health }
}

/** How many bytes the first of several chunks has, as it comes to whoever reads all. */
async function firstChunkBytes(): Promise<number> {
  const receiver = await startReceiver('tcp')
  onTestFinished(() => receiver.stop())
  const { host, increment } = await start(undefined, { port: receiver.port })
  increment()
  await host.flush()
  const chunks = await receiver.received()
  expect(chunks.length).toBeGreaterThan(1)
  return chunks[0].length
}

const sorted = (map: ReadonlyMap<string, number>) => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1))
const count = (transport: StatsdTransport, name: string) => Number(transport.describe!()[name] ?? 0)

describe('the real server over TCP', () => {
  it.each(['stop', 'kill'] as const)(
    'gets what was counted while it was away, once, after a %s',
    async (how) => {
      const { server, host, increment, truth, health, transport } = await start()
      for (let round = 0; round < 5; round++) {
        increment()
        await host.flush()
        await server.flush()
        await server[how]()
        for (let i = 0; i < 3; i++) {
          increment()
          await host.flush()
        }
        expect(health()).toMatchObject({ state: 'down', lastError: expect.stringContaining('ECONNREFUSED') })
        await server.start()
        await host.flush()
        expect(health().state).toBe('up')
        await server.flush()
        expect(sorted(server.counters)).toEqual(sorted(truth))
      }
      expect(count(transport, 'doubtfulLines')).toBe(0)
      expect(server.badLines).toBe(0)
    },
  )

  it(
    'loses and doubles nothing when it is restarted again and again under a sender that never pauses',
    { timeout: 600_000 },
    async () => {
      const { server, host, increment, truth, transport } = await start(undefined, {
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
      await host.flush()
      await server.flush()
      const excess = [...truth].map(([key, value]) => (server.counters.get(key) ?? 0) - value)
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
  it.each(['end', 'reset'] as const)('between two flushes costs nothing: %s', async (how) => {
    const { server, proxy, host, increment, truth, transport } = await start({ after: [], how })
    for (let round = 0; round < 10; round++) {
      increment()
      await host.flush()
      proxy.breakNow(how)
    }
    await server.flush()
    expect(sorted(server.counters)).toEqual(sorted(truth))
    expect(count(transport, 'doubtfulLines')).toBe(0)
  })

  it.each(['end', 'reset'] as const)('before the first byte was taken costs nothing: %s', async (how) => {
    const { server, proxy, host, increment, truth, health } = await start({ after: [0, 0, 0], how })
    for (let round = 0; round < 4; round++) {
      increment()
      await host.flush()
      expect(health().state).toBe(round < 3 ? 'down' : 'up')
    }
    expect(proxy.breaks).toBe(3)
    await proxy.settled()
    await server.flush()
    expect(sorted(server.counters)).toEqual(sorted(truth))
  })

  it.each(['end', 'reset'] as const)(
    'when everything had been taken, but not acknowledged, doubles that chunk and tells so: %s',
    async (how) => {
      const chunkBytes = await firstChunkBytes()
      const { server, proxy, host, increment, truth, transport } = await start({ after: [chunkBytes], how })
      increment()
      await host.flush()
      await proxy.settled()
      const taken = Object.entries((await server.flush()).counters)
      const doubtful = count(transport, 'doubtfulLines')
      // a close in good order that comes late is the acknowledgement
      if (how === 'reset' || doubtful > 0) expect(taken.length).toBe(doubtful)
      await host.flush()
      await server.flush()
      const expected = new Map(truth)
      if (doubtful > 0) for (const [key, value] of taken) expected.set(key, truth.get(key)! + value)
      expect(sorted(server.counters)).toEqual(sorted(expected))
    },
  )

  // inside a line, behind a line break, early, late, and never
  const places = [1, 7, 24, 25, 26, 500, 4_000, 8_100, 100_000]

  it.each(places.flatMap((after) => (['end', 'reset'] as const).map((how) => ({ after, how }))))(
    'after $after bytes ($how) loses nothing, and doubles exactly the whole lines that had been taken',
    async ({ after, how }) => {
      const { server, proxy, host, increment, truth, transport } = await start({ after: [after], how })
      increment()
      await host.flush()
      await proxy.settled()
      const taken = (await server.flush()).counters
      const isBroken = proxy.breaks > 0
      await host.flush()
      await proxy.settled()
      await server.flush()
      const expected = new Map(truth)
      if (isBroken)
        for (const [key, value] of Object.entries(taken)) expected.set(key, truth.get(key)! + value)
      expect(sorted(server.counters)).toEqual(sorted(expected))
      expect(count(transport, 'doubtfulLines') > 0).toBe(isBroken)
      expect(Object.keys(taken).length).toBeLessThanOrEqual(
        isBroken ? count(transport, 'doubtfulLines') : SERIES,
      )
      expect(server.badLines).toBe(0)
    },
  )

  it.each(places.flatMap((after) => (['end', 'reset'] as const).map((how) => ({ after, how }))))(
    'after $after bytes ($how) doubles nothing where that was chosen, and loses exactly the rest of its chunk',
    async ({ after, how }) => {
      const broken = { after: [after], how }
      const { server, proxy, host, increment, truth, transport } = await start(broken, {
        brokenConnections: 'drop',
      })
      increment()
      await host.flush()
      await host.flush()
      await proxy.settled()
      await server.flush()
      const missing = [...truth].filter(([key, value]) => server.counters.get(key) !== value)
      for (const [key] of missing) expect(server.counters.get(key) ?? 0).toBe(0)
      // the lines of the first chunk begin with the first series, and are taken in their order
      const dropped = count(transport, 'dropped_connection_broken')
      expect(dropped > 0).toBe(proxy.breaks > 0)
      const lost = [...truth.keys()].slice(dropped - missing.length, dropped)
      expect(missing.map(([key]) => key)).toEqual(lost)
    },
  )
})
