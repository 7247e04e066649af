/** A receiver that is missing or does not read: the host reports it in health and counters, and nothing else happens. */
import { defineInstruments } from '@tidegauge/core'
import { startTestHost } from '@tidegauge/testkit'
import { readFile } from 'node:fs/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { freePort } from '../support/free-port.js'
import { startReceiver, type Protocol, type Receiver } from '../support/receiver-process.js'
import { statsd, type StatsdOptions, type StatsdTransport } from '../../src/index.js'
import { createServerModel } from '../support/parser/index.js'

const SERIES = 2_000
/** How long a receiver does not read; a minute under `npm run test:long`. */
const pauseMs = process.env['TIDEGAUGE_LONG'] === '1' ? 60_000 : 2_500
const MB = 1e6

const table = defineInstruments({
  hits: { kind: 'counter', name: 'hits_total', help: 'Hits.', labels: { shelf: {} } },
})

const unexpected: unknown[] = []
const keep = (thrown: unknown) => void unexpected.push(thrown)
beforeEach(() => {
  unexpected.length = 0
  process.on('uncaughtExceptionMonitor', keep).on('unhandledRejection', keep).on('warning', keep)
})
afterEach(() => {
  process.off('uncaughtExceptionMonitor', keep).off('unhandledRejection', keep).off('warning', keep)
  if (unexpected.length > 0) throw new Error(`uncaught: ${unexpected.join(', ')}`)
})

async function start(options: StatsdOptions) {
  const transport = statsd({ flushIntervalMs: 3_600_000, ...options })
  const { tidegauge, instruments } = await startTestHost(table, { transports: [transport] })
  // with long labels, data that is kept for a receiver would show in memory
  const bound = Array.from({ length: SERIES }, (_, i) =>
    instruments.hits.labels({ shelf: `${'s'.repeat(80)}${i}` }),
  )
  const state = { rounds: 0 }
  const increment = () => {
    state.rounds++
    for (const hits of bound) hits.inc()
  }
  const health = () => tidegauge.health().transports.find(({ name }) => name === 'statsd')!
  return { tidegauge, transport, increment, health, state }
}

const count = (transport: StatsdTransport, name: string) => Number(transport.describe!()[name] ?? 0)

/** The counts of all series as they arrived; one number when all are equal. */
function countsIn(arrived: readonly Uint8Array[], protocol: Protocol): number[] {
  const model = createServerModel('dogstatsd')
  const receive = protocol === 'tcp' ? model.receiveStream : model.receive
  arrived.forEach((bytes) => receive(bytes))
  const counts = Array.from({ length: SERIES }, (_, i) =>
    model.counter('hits_total', { shelf: `${'s'.repeat(80)}${i}` }),
  )
  return [...new Set(counts.map((one) => one ?? 0))]
}

describe('a missing receiver', () => {
  it.each([
    ['a host that does not resolve, over UDP', 'udp', /ENOTFOUND|EAI_AGAIN/],
    ['a host that does not resolve, over TCP', 'tcp', /ENOTFOUND|EAI_AGAIN/],
  ] as const)('%s is reported in health and counters', async (_, protocol, error) => {
    const { tidegauge, transport, increment, health } = await start({ protocol, host: 'something.invalid' })
    for (let i = 0; i < 3; i++) {
      increment()
      await tidegauge.flush()
    }
    expect(health()).toMatchObject({ state: 'down', lastError: expect.stringMatching(error) })
    expect(count(transport, 'errors')).toBe(3)
    expect(count(transport, 'lines')).toBe(0)
    await tidegauge.stop()
  })

  it.each(['udp', 'tcp'] as const)(
    'a port that refuses is reported in health and counters, and a receiver that starts later gets every count: %s',
    async (protocol) => {
      const port = await freePort()
      const { tidegauge, transport, increment, health } = await start({ protocol, port })
      for (let i = 0; i < 5; i++) {
        increment()
        await tidegauge.flush()
        expect(health()).toMatchObject({ state: 'down', lastError: expect.stringContaining('ECONNREFUSED') })
      }
      expect(count(transport, 'errors')).toBe(5)
      const receiver = await startReceiver(protocol, port)
      onTestFinished(() => receiver.stop())
      await tidegauge.flush()
      expect(health().state).toBe('up')
      expect(countsIn(await receiver.received(), protocol)).toEqual([5])
    },
  )

  // the event loop polls sockets between timers and immediates: a refusal must be noticed wherever a flush starts
  it.each([
    ['a timer', () => new Promise((resolve) => setTimeout(resolve, 1))],
    ['an immediate', () => new Promise((resolve) => setImmediate(resolve))],
    ['a file that was read', () => readFile(new URL(import.meta.url))],
  ] as const)('a refused datagram never counts as sent when the flush starts in %s', async (_, enter) => {
    const { tidegauge, transport, increment } = await start({ protocol: 'udp', port: await freePort() })
    for (let i = 1; i <= 10; i++) {
      increment()
      await enter()
      await tidegauge.flush()
      expect(count(transport, 'lines')).toBe(0)
      expect(count(transport, 'errors')).toBe(i)
    }
  })

  it('a missing Unix socket is reported in health and counters', async () => {
    const { path } = await startStopped()
    const { tidegauge, transport, increment, health } = await start({ protocol: 'unix', path })
    for (let i = 0; i < 3; i++) {
      increment()
      await tidegauge.flush()
      expect(health().state).toBe('down')
    }
    expect(count(transport, 'errors')).toBe(3)
    expect(count(transport, 'lines')).toBe(0)
  })

  it('stops at once when there never was a receiver', async () => {
    const { tidegauge, increment } = await start({ protocol: 'tcp', host: 'something.invalid' })
    increment()
    const from = performance.now()
    await tidegauge.stop()
    expect(performance.now() - from).toBeLessThan(1_000)
  })
})

/** A receiver that does not listen any more. */
async function startStopped(): Promise<Receiver> {
  const receiver = await startReceiver('unix')
  await receiver.stop()
  return receiver
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Bytes in use after a garbage collection: in the heap, and in buffers outside it. */
function usedBytes(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

describe.each(['tcp', 'unix', 'udp'] as const)('a receiver that does not read, over %s', (protocol) => {
  it(
    'costs no memory, no delay and little CPU time, and gets every count once it reads again',
    { timeout: pauseMs + 60_000 },
    async () => {
      const receiver = await startReceiver(protocol)
      onTestFinished(() => receiver.stop())
      const { path, port } = receiver
      const where = protocol === 'unix' ? { path } : { port }
      const { tidegauge, transport, increment, health, state } = await start({
        protocol,
        ...where,
        flushIntervalMs: 1_000,
        jitterRatio: 0,
      })
      increment()
      await tidegauge.flush()
      const before = usedBytes()
      receiver.pause()
      const delay = monitorEventLoopDelay({ resolution: 5 })
      delay.enable()
      const cpu = process.cpuUsage()
      const from = performance.now()
      while (performance.now() - from < pauseMs) {
        increment()
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      const { user, system } = process.cpuUsage(cpu)
      const core = (user + system) / 1e3 / (performance.now() - from)
      delay.disable()
      const grown = usedBytes() - before
      // not the longest: this machine has other work
      const delayMs = delay.percentile(99) / 1e6
      console.log(
        `${protocol}: ${pauseMs / 1e3} s unread: ${(grown / MB).toFixed(2)} MB more in use, ${(core * 100).toFixed(1)} % of a core, ` +
          `loop delay ${delayMs.toFixed(0)} ms (99 %), ${JSON.stringify(transport.describe!())}`,
      )
      expect(grown).toBeLessThan(3 * MB)
      expect(delayMs).toBeLessThan(50)
      if (protocol !== 'udp') {
        expect(health()).toMatchObject({
          state: 'down',
          lastError: expect.stringMatching(/is not sent yet|could not (be )?sent? to|no room/),
        })
        expect(count(transport, 'errors')).toBeGreaterThan(0)
      }
      receiver.resume()
      await expect.poll(() => tidegauge.flush().then(() => health().state), { timeout: 20_000 }).toBe('up')
      await tidegauge.flush()
      // over UDP nobody notices what the system drops
      if (protocol !== 'udp') expect(countsIn(await receiver.received(), protocol)).toEqual([state.rounds])
      expect(core).toBeLessThan(0.1)
    },
  )
})
