/** A plugin, a set of instruments and a transport that come and go all the time, under load: nothing is left of them. */
import { instruments, type EventSink, type Plugin, type Transport } from '@tidegauge/core'
import {
  createManualClock,
  createMemoryTransport,
  flushPromises,
  runs,
  startTestHost,
} from '@tidegauge/testkit'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { createPlugin } from '../support/plugin.js'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

const own = {
  orders: { kind: 'counter', name: 'orders_total', help: 'O', labels: { outcome: {} } },
  seconds: { kind: 'histogram', name: 'seconds', help: 'S' },
} as const

/** A plugin that uses all that it is given: series, defined instruments, a rate, events, its signals. */
function createGuest(round: number, started: (events: EventSink) => void): Plugin {
  return createPlugin({
    name: 'guest',
    instruments: {
      c: { kind: 'counter', name: 'guest_total', help: 'G', labels: { a: {} } },
      g: { kind: 'gauge', name: 'guest_level', help: 'G', labels: { a: {} } },
      r: { kind: 'rate', name: 'guest_rate', help: 'G', of: 'c' },
    },
    start: ({ events, define, signal }) => {
      started(events)
      signal.addEventListener('abort', () => {})
      define({ kind: 'counter', name: 'guest_defined', help: 'G', labels: { b: {} } }).inc({
        b: `b ${round}`,
      })
    },
    collect: ({ instruments: handles, signal }) => {
      signal.addEventListener('abort', () => {})
      const { c, g } = handles as any
      for (let i = 0; i < 20; i++) {
        c.inc({ a: `${round} ${i}` })
        g.set({ a: `${round} ${i}` }, i)
      }
    },
  })
}

async function startUnderLoad() {
  const clock = createManualClock()
  const host = await startTestHost(own, { clock, host: { selfMetrics: 'on' } })
  const { tidegauge, memory } = host
  let passes = 0
  tidegauge.use(createPlugin({ name: 'resident', collect: () => void passes++ }), {
    intervalMs: 1_000,
    jitterRatio: 0,
  })
  await tidegauge.start()
  const set = instruments('visitor', {
    v: { kind: 'counter', name: 'visits_total', help: 'V', labels: { a: {} } },
  })
  let recorded = 0
  let events!: EventSink
  let received = 0
  const record = () => {
    host.instruments.orders.inc({ outcome: recorded % 2 === 0 ? 'paid' : 'failed' })
    host.instruments.seconds.observe(0.1)
    set.v.inc({ a: 'visitor' })
    recorded++
  }
  const round = async (i: number) => {
    const guest = createGuest(i, (sink) => (events = sink))
    const reader = createMemoryTransport('reader')
    const guestTransport: Transport = {
      name: 'reader',
      version: '1.0.0',
      apiLevel: 1,
      flush: () => void reader.read(),
      start: (context) => {
        void reader.start(context)
        context.subscribe(() => received++)
      },
    }
    tidegauge
      .export(guestTransport)
      .use(set)
      .use(guest, { intervalMs: 1_000, transports: ['reader'] })
    record()
    await tidegauge.start()
    events.emit({ name: 'guest.event', attributes: { undeclared: i } })
    await clock.advance(1_500)
    record()
    if (i % 10 === 0) await tidegauge.flush()
    expect(reader.value('guest_total', { a: `${i} 0` })).toBeGreaterThan(0)
    const removed = Promise.all([
      tidegauge.remove(guest),
      tidegauge.remove(guestTransport),
      tidegauge.remove(set),
    ])
    record()
    await removed
    events.emit({ name: 'too.late' })
    record()
  }
  const state = () => ({
    families: memory.read().map(({ name, series }) => [name, series.length]),
    texts: memory.context.read()[0].parts[0].series().pool.size,
    timers: clock.pending,
    plugins: tidegauge.describe().plugins.map(({ name }) => name),
    transports: tidegauge.describe().transports.map(({ name }) => name),
  })
  const heap = async () => {
    await flushPromises()
    gc()
    return process.memoryUsage().heapUsed
  }
  return { ...host, set, round, state, heap, counts: () => ({ recorded, received, passes }) }
}

test(
  'counters of the others are exact, and nothing of the guests is left',
  { timeout: 300_000 },
  async () => {
    const { memory, tidegauge, set, round, state, heap, counts, clock } = await startUnderLoad()
    const [warmUp, rounds] = [runs(20), runs(50)]
    for (let i = 0; i < warmUp; i++) await round(i)
    const before = state()
    const heapBefore = await heap()
    for (let i = 0; i < rounds; i++) await round(warmUp + i)
    const grown = (await heap()) - heapBefore
    expect(state()).toEqual(before)
    const { recorded, received, passes } = counts()
    expect(recorded).toBe(4 * (warmUp + rounds))
    for (const outcome of ['paid', 'failed'])
      expect(memory.value('orders_total', { outcome })).toBe(recorded / 2)
    expect(memory.series('seconds')).toMatchObject({ count: recorded })
    // one event each round, to the transport that was there
    expect(received).toBe(warmUp + rounds)
    expect(passes).toBeGreaterThanOrEqual(Math.floor(clock.monotonic() / 1_000))
    // a guest that stayed would keep ten thousands of bytes in each round
    expect(grown, 'bytes that stay').toBeLessThan(1_000_000 + 500 * rounds)
    tidegauge.use(set)
    expect(memory.value('visits_total', { a: 'visitor' })).toBe(recorded)
  },
)
