import { defineInstruments, definePlugin } from '@tidegauge/core'
import { runs, startTestHost } from '@tidegauge/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseOptions } from '../../src/options.js'
import { createTransport } from '../../src/transport.js'
import { startTransport, startWithReceiver } from '../support/start-transport.js'
import { createTestSender, doubtful, failed, sent } from '../support/test-sender.js'

const table = defineInstruments({
  hits: { kind: 'counter', name: 'hits', help: 'Hits.', labels: { route: {} } },
  level: { kind: 'gauge', name: 'level', help: 'Level.', labels: { tank: {} } },
  work: { kind: 'counter', name: 'work', help: 'Work.' },
  wait: { kind: 'histogram', name: 'wait', help: 'Wait.', bounds: [-1, 1] },
})

/** Without the zeros that say that a counter exists. */
const nonZero = (lines: readonly string[]) => lines.filter((line) => !/:0\|c/.test(line))

describe('counters', () => {
  it('are sent completely at first, then what was added, and not at all when nothing was', async () => {
    const { flush, instruments } = await startWithReceiver(table)
    instruments.hits.inc({ route: '/a' }, 5)
    expect(nonZero(await flush())).toEqual(['hits:5|c|#route:/a'])
    expect(await flush()).toEqual([])
    instruments.hits.inc({ route: '/a' }, 2)
    instruments.hits.inc({ route: '/b' })
    expect(await flush()).toEqual(['hits:2|c|#route:/a', 'hits:1|c|#route:/b'])
  })

  it('are sent once before their first event, so that a receiver knows them', async () => {
    const { flush, instruments } = await startWithReceiver(table)
    expect(await flush()).toEqual([
      'work:0|c',
      'wait.count:0|c',
      'wait.sum:0|c',
      'wait.bucket:0|c|#le:-1',
      'wait.bucket:0|c|#le:1',
      'wait.bucket:0|c|#le:+Inf',
    ])
    expect(await flush()).toEqual([])
    instruments.work.inc()
    expect(await flush()).toEqual(['work:1|c'])
  })

  it('start from zero when their series was removed and replaced in the same slot', async () => {
    const { flush, instruments } = await startWithReceiver(table)
    instruments.hits.inc({ route: '/a' }, 5)
    await flush()
    instruments.hits.remove({ route: '/a' })
    instruments.hits.inc({ route: '/b' }, 7)
    expect(await flush()).toEqual(['hits:7|c|#route:/b'])
    instruments.hits.remove({ route: '/b' })
    instruments.hits.inc({ route: '/b' }, 3)
    expect(await flush()).toEqual(['hits:3|c|#route:/b'])
  })

  it('lose and double nothing when datagrams fail, in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ incs: fc.array(fc.nat(40), { maxLength: 12 }), fails: fc.array(fc.boolean()) }),
          {
            maxLength: 12,
          },
        ),
        async (flushes) => {
          const sender = createTestSender({ maxBytes: 64 })
          const { tidegauge, instruments } = await startTransport(table, { sender })
          const totals = new Map<string, number>()
          const received = new Map<string, number>()
          for (const { incs, fails } of [...flushes, { incs: [], fails: [] }]) {
            for (const [i, n] of incs.entries()) {
              instruments.hits.inc({ route: `/${i}` }, n)
              totals.set(`/${i}`, (totals.get(`/${i}`) ?? 0) + n)
            }
            const first = sender.chunks.length
            sender.answer = (i) => (fails[i - first] ? failed : sent)
            await tidegauge.flush()
            for (const line of sender.takeSent().filter((text) => text.startsWith('hits'))) {
              const [, delta, route] = /^hits:(\d+)\|c\|#route:(.+)$/.exec(line)!
              received.set(route, (received.get(route) ?? 0) + Number(delta))
            }
          }
          expect(Object.fromEntries(received)).toEqual(Object.fromEntries(totals))
          await tidegauge.stop()
        },
      ),
      { numRuns: runs(60) },
    )
  })

  it('send whole numbers when the option says so, and keep the rest until it adds up to one', async () => {
    const { flush, instruments } = await startWithReceiver(table, { statsd: { counters: 'whole' } })
    instruments.work.inc(1.5)
    expect(nonZero(await flush())).toEqual(['work:1|c'])
    instruments.work.inc(0.25)
    expect(await flush()).toEqual([])
    instruments.work.inc(0.25)
    expect(await flush()).toEqual(['work:1|c'])
  })

  it('continue when the host stops and starts again', async () => {
    const { tidegauge, flush, instruments } = await startWithReceiver(table)
    instruments.work.inc(3)
    await flush()
    await tidegauge.stop()
    await tidegauge.start()
    instruments.work.inc(2)
    expect(await flush()).toEqual(['work:2|c'])
  })
})

describe('two instances of a plugin', () => {
  it('are two series, and one that is removed and added again starts from zero', async () => {
    const totals = { a: 3, b: 10 }
    const pluginOf = (node: 'a' | 'b') =>
      definePlugin({
        name: 'app',
        version: '0.0.0',
        apiLevel: 1,
        instruments: { work: table.work },
        collect: ({ instruments }) => instruments.work.setTotal(totals[node]),
      })
    const sender = createTestSender()
    const transport = createTransport(parseOptions(), sender)
    const a = pluginOf('a')
    const { tidegauge } = await startTestHost({ a, b: pluginOf('b') }, { transports: [transport] })
    const flush = async () => {
      await tidegauge.flush()
      return sender.takeSent()
    }
    expect(await flush()).toEqual(['work:3|c|#node:a', 'work:10|c|#node:b'])
    await tidegauge.remove(a)
    totals.b = 11
    expect(await flush()).toEqual(['work:1|c|#node:b'])
    totals.a = 2
    tidegauge.use(pluginOf('a'), { labels: { node: 'a' }, intervalMs: 0, maxAgeMs: 0 })
    await tidegauge.start()
    expect(await flush()).toEqual(['work:2|c|#node:a'])
  })
})

describe('two transports of one host', () => {
  it('each send everything', async () => {
    const first = createTestSender()
    const other = createTransport(parseOptions({ name: 'second' }), first)
    const second = await startWithReceiver(table, { transports: [other] })
    second.instruments.work.inc(3)
    expect(nonZero(await second.flush())).toEqual(['work:3|c'])
    second.instruments.work.inc(4)
    expect(await second.flush()).toEqual(['work:4|c'])
    expect(nonZero(first.takeSent())).toEqual(['work:3|c', 'work:4|c'])
  })
})

describe('gauges', () => {
  it('are sent again each time, negative ones after a zero', async () => {
    const { flush, instruments } = await startWithReceiver(table)
    instruments.level.set({ tank: 'a' }, -2)
    await flush()
    expect(await flush()).toEqual(['level:0|g|#tank:a', 'level:-2|g|#tank:a'])
    instruments.level.set({ tank: 'a' }, -0)
    expect(await flush()).toEqual(['level:0|g|#tank:a'])
  })

  it('are sent only when they changed, when the option says so', async () => {
    const { flush, instruments } = await startWithReceiver(table, { statsd: { unchangedGauges: 'skip' } })
    instruments.level.set({ tank: 'a' }, 2)
    await flush()
    expect(await flush()).toEqual([])
    instruments.level.set({ tank: 'a' }, 3)
    expect(await flush()).toEqual(['level:3|g|#tank:a'])
  })

  it('that could not be sent are still due', async () => {
    const sender = createTestSender()
    const { tidegauge, instruments } = await startTransport(table, {
      sender,
      statsd: { unchangedGauges: 'skip' },
    })
    instruments.level.set({ tank: 'a' }, 2)
    sender.answer = () => failed
    await tidegauge.flush()
    sender.answer = () => sent
    await tidegauge.flush()
    expect(sender.takeSent()).toContain('level:2|g|#tank:a')
  })
})

describe('sums', () => {
  it('may fall, and are then sent as a negative delta', async () => {
    const { flush, instruments } = await startWithReceiver(table)
    instruments.wait.observe(2)
    await flush()
    instruments.wait.observe(-5)
    expect(await flush()).toEqual([
      'wait.count:1|c',
      'wait.sum:-5|c',
      'wait.bucket:1|c|#le:-1',
      'wait.bucket:1|c|#le:1',
      'wait.bucket:1|c|#le:+Inf',
    ])
  })
})

describe('lines of a broken connection', () => {
  it('are sent again, and counted', async () => {
    const sender = createTestSender({ lastLineBreak: 'sent' })
    const { tidegauge, instruments, transport } = await startTransport(table, { sender })
    await tidegauge.flush()
    instruments.work.inc(3)
    sender.answer = () => doubtful
    await tidegauge.flush()
    sender.answer = () => sent
    await tidegauge.flush()
    expect(nonZero(sender.takeSent())).toContain('work:3|c')
    expect(transport.describe!()).toMatchObject({ doubtfulLines: '1', errors: '1' })
  })

  it('are dropped and counted, when the option says so', async () => {
    const sender = createTestSender()
    const { tidegauge, instruments, transport } = await startTransport(table, {
      sender,
      statsd: { brokenConnections: 'drop' },
    })
    await tidegauge.flush()
    instruments.work.inc(3)
    sender.answer = () => doubtful
    await tidegauge.flush()
    sender.answer = () => sent
    instruments.work.inc(1)
    await tidegauge.flush()
    expect(nonZero(sender.takeSent())).toEqual(['work:1|c'])
    expect(transport.describe!()).toMatchObject({ dropped_connection_broken: '1' })
  })
})
