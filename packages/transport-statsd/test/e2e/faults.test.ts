/** A receiver that isn't there, or doesn't read: the host has a health entry and counters, and logOnce nothing else. */
import { defineInstruments } from '@tidegauge/core'
import { readFile } from 'node:fs/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { freePort } from '../../../../tools/test/prometheus-server.js'
import { startReceiver, type Protocol, type Receiver } from '../../../../tools/test/statsd-receiver.js'
import { statsd, type StatsdOptions, type StatsdTransport } from '../../src/index.js'
import { createServerModel } from '../support/parser/index.js'
import { runHost } from './support/run-host.js'

const SERIES = 2_000
/** How long a receiver does not read: the minute under `npm run test:long`. */
const deafMs = process.env['TIDEGAUGE_LONG'] === '1' ? 60_000 : 2_500
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
  if (unexpected.length > 0) throw new Error(`nobody took care of: ${unexpected.join(', ')}`)
})

async function start(options: StatsdOptions) {
  const transport = statsd({ flushIntervalMs: 3_600_000, ...options })
  const { host, instruments } = await runHost(table, transport)
  // long labels: what is kept for a receiver would show
  const bound = Array.from({ length: SERIES }, (_, i) =>
    instruments.hits.labels({ shelf: `${'s'.repeat(80)}${i}` }),
  )
  const state = { rounds: 0 }
  const increment = () => {
    state.rounds++
    for (const hits of bound) hits.inc()
  }
  const health = () => host.health().transports.find(({ name }) => name === 'statsd')!
  return { host, transport, increment, health, state }
}

const count = (transport: StatsdTransport, name: string) => Number(transport.describe!()[name] ?? 0)

/** Every series' count, read from what arrived; one number when all are equal. */
function countsIn(arrived: readonly Uint8Array[], protocol: Protocol): number[] {
  const model = createServerModel('dogstatsd')
  const receive = protocol === 'tcp' ? model.receiveStream : model.receive
  arrived.forEach((bytes) => receive(bytes))
  const counts = Array.from({ length: SERIES }, (_, i) =>
    model.counter('hits_total', { shelf: `${'s'.repeat(80)}${i}` }),
  )
  return [...new Set(counts.map((one) => one ?? 0))]
}

describe('a receiver that is not there', () => {
  it.each([
    ['a host that does not resolve, over UDP', 'udp', /ENOTFOUND|EAI_AGAIN/],
    ['a host that does not resolve, over TCP', 'tcp', /ENOTFOUND|EAI_AGAIN/],
  ] as const)('%s is a health entry and counters', async (_, protocol, error) => {
    const { host, transport, increment, health } = await start({ protocol, host: 'something.invalid' })
    for (let i = 0; i < 3; i++) {
      increment()
      await host.flush()
    }
    expect(health()).toMatchObject({ state: 'down', lastError: expect.stringMatching(error) })
    expect(count(transport, 'errors')).toBe(3)
    expect(count(transport, 'lines')).toBe(0)
    await host.stop()
  })

  it.each(['udp', 'tcp'] as const)(
    'a port that refuses is a health entry and counters, and what is counted is there when somebody comes: %s',
    async (protocol) => {
      const port = await freePort()
      const { host, transport, increment, health } = await start({ protocol, port })
      for (let i = 0; i < 5; i++) {
        increment()
        await host.flush()
        expect(health()).toMatchObject({ state: 'down', lastError: expect.stringContaining('ECONNREFUSED') })
      }
      expect(count(transport, 'errors')).toBe(5)
      const receiver = await startReceiver(protocol, port)
      onTestFinished(() => receiver.stop())
      await host.flush()
      expect(health().state).toBe('up')
      expect(countsIn(await receiver.received(), protocol)).toEqual([5])
    },
  )

  // the event loop looks at sockets between timers and immediates: a refusal must be heard wherever a flush begins
  it.each([
    ['a timer', () => new Promise((resolve) => setTimeout(resolve, 1))],
    ['an immediate', () => new Promise((resolve) => setImmediate(resolve))],
    ['a file that was read', () => readFile(new URL(import.meta.url))],
  ] as const)('a refused datagram is never taken for sent when the flush begins in %s', async (_, enter) => {
    const { host, transport, increment } = await start({ protocol: 'udp', port: await freePort() })
    for (let i = 1; i <= 10; i++) {
      increment()
      await enter()
      await host.flush()
      expect(count(transport, 'lines')).toBe(0)
      expect(count(transport, 'errors')).toBe(i)
    }
  })

  it('a Unix socket that is not there is a health entry and counters, and gets everything once it is', async () => {
    const { path } = await startStopped()
    const { host, transport, increment, health } = await start({ protocol: 'unix', path })
    for (let i = 0; i < 3; i++) {
      increment()
      await host.flush()
      expect(health().state).toBe('down')
    }
    expect(count(transport, 'errors')).toBe(3)
    expect(count(transport, 'lines')).toBe(0)
  })

  it('stops at once when its receiver was never there', async () => {
    const { host, increment } = await start({ protocol: 'tcp', host: 'something.invalid' })
    increment()
    const from = performance.now()
    await host.stop()
    expect(performance.now() - from).toBeLessThan(1_000)
  })
})

/** A path at which nobody listens. */
async function startStopped(): Promise<Receiver> {
  const receiver = await startReceiver('unix')
  await receiver.stop()
  return receiver
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** What is in use after a collection: in the heap, and in buffers outside it. */
function usedBytes(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

describe.each(['tcp', 'unix', 'udp'] as const)('a receiver that does not read, over %s', (protocol) => {
  it(
    'costs no memory, no delay and little time, and gets every count once it reads again',
    { timeout: deafMs + 60_000 },
    async () => {
      const receiver = await startReceiver(protocol)
      onTestFinished(() => receiver.stop())
      const { path, port } = receiver
      const where = protocol === 'unix' ? { path } : { port }
      const { host, transport, increment, health, state } = await start({
        protocol,
        ...where,
        flushIntervalMs: 1_000,
        jitterRatio: 0,
      })
      increment()
      await host.flush()
      const before = usedBytes()
      receiver.pause()
      const delay = monitorEventLoopDelay({ resolution: 5 })
      delay.enable()
      const cpu = process.cpuUsage()
      const from = performance.now()
      while (performance.now() - from < deafMs) {
        increment()
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      const { user, system } = process.cpuUsage(cpu)
      const core = (user + system) / 1e3 / (performance.now() - from)
      delay.disable()
      const grown = usedBytes() - before
      // not the longest: this machine has others to serve
      const held = delay.percentile(99) / 1e6
      console.log(
        `${protocol}: ${deafMs / 1e3} s unread: ${(grown / MB).toFixed(2)} MB more in use, ${(core * 100).toFixed(1)} % of a core, ` +
          `loop held ${held.toFixed(0)} ms (99 %), ${JSON.stringify(transport.describe!())}`,
      )
      expect(grown).toBeLessThan(3 * MB)
      expect(held).toBeLessThan(50)
      if (protocol !== 'udp') {
        expect(health()).toMatchObject({
          state: 'down',
          lastError: expect.stringMatching(/not yet taken|could not (be )?sent? to|no room/),
        })
        expect(count(transport, 'errors')).toBeGreaterThan(0)
      }
      receiver.resume()
      await expect.poll(() => host.flush().then(() => health().state), { timeout: 20_000 }).toBe('up')
      await host.flush()
      // over UDP nobody hears of what the system throws away
      if (protocol !== 'udp') expect(countsIn(await receiver.received(), protocol)).toEqual([state.rounds])
      expect(core).toBeLessThan(0.1)
    },
  )
})
