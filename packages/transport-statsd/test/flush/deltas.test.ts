import { defineInstruments } from '@tidegauge/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseOptions } from '../../src/options.js'
import { createTransport } from '../../src/transport.js'
import { runHost, runWithReceiver } from '../support/run-host.js'
import { createTestSender, doubtful, failed } from '../support/test-sender.js'
import { runs } from '@tidegauge/testkit'

const table = defineInstruments({
  hits: { kind: 'counter', name: 'hits', help: 'Hits.', labels: { route: {} } },
  level: { kind: 'gauge', name: 'level', help: 'Level.', labels: { tank: {} } },
  work: { kind: 'counter', name: 'work', help: 'Work.' },
  wait: { kind: 'histogram', name: 'wait', help: 'Wait.', bounds: [-1, 1] },
})

/** Without those that only say that something exists. */
const news = (lines: readonly string[]) => lines.filter((line) => !/:0\|c/.test(line))

describe('counters', () => {
  it('are told whole at first, then by what has come since, and not at all when nothing has', async () => {
    const { flush, instruments } = await runWithReceiver(table)
    instruments.hits.inc({ route: '/a' }, 5)
    expect(news(await flush())).toEqual(['hits:5|c|#route:/a'])
    expect(await flush()).toEqual([])
    instruments.hits.inc({ route: '/a' }, 2)
    instruments.hits.inc({ route: '/b' })
    expect(await flush()).toEqual(['hits:2|c|#route:/a', 'hits:1|c|#route:/b'])
  })

  it('are told once before their first event, so that a receiver sees it happen', async () => {
    const { flush, instruments } = await runWithReceiver(table)
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

  it('begin anew when their series was removed and came again in the same place', async () => {
    const { flush, instruments } = await runWithReceiver(table)
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
          const { host, instruments } = await runHost(table, { sender })
          const totals = new Map<string, number>()
          const received = new Map<string, number>()
          for (const { incs, fails } of [...flushes, { incs: [], fails: [] }]) {
            for (const [i, n] of incs.entries()) {
              instruments.hits.inc({ route: `/${i}` }, n)
              totals.set(`/${i}`, (totals.get(`/${i}`) ?? 0) + n)
            }
            const first = sender.chunks.length
            sender.answer = (i) => (fails[i - first] ? failed : { outcome: 'sent' })
            await host.flush()
            for (const line of sender.takeSent().filter((text) => text.startsWith('hits'))) {
              const [, delta, route] = /^hits:(\d+)\|c\|#route:(.+)$/.exec(line)!
              received.set(route, (received.get(route) ?? 0) + Number(delta))
            }
          }
          expect(Object.fromEntries(received)).toEqual(Object.fromEntries(totals))
          await host.stop()
        },
      ),
      { numRuns: runs(60) },
    )
  })

  it('send whole numbers when asked, and keep the rest until it is one', async () => {
    const { flush, instruments } = await runWithReceiver(table, { statsd: { counters: 'whole' } })
    instruments.work.inc(1.5)
    expect(news(await flush())).toEqual(['work:1|c'])
    instruments.work.inc(0.25)
    expect(await flush()).toEqual([])
    instruments.work.inc(0.25)
    expect(await flush()).toEqual(['work:1|c'])
  })

  it('go on where they were when the host stops and starts again', async () => {
    const { host, flush, instruments } = await runWithReceiver(table)
    instruments.work.inc(3)
    await flush()
    await host.stop()
    await host.start()
    instruments.work.inc(2)
    expect(await flush()).toEqual(['work:2|c'])
  })
})

describe('two transports of one host', () => {
  it('each get everything', async () => {
    const first = createTestSender()
    const other = createTransport(parseOptions({ name: 'second' }), first)
    const second = await runWithReceiver(table, { others: [other] })
    second.instruments.work.inc(3)
    expect(news(await second.flush())).toEqual(['work:3|c'])
    second.instruments.work.inc(4)
    expect(await second.flush()).toEqual(['work:4|c'])
    expect(news(first.takeSent())).toEqual(['work:3|c', 'work:4|c'])
  })
})

describe('gauges', () => {
  it('are told again each time, negative ones behind a zero', async () => {
    const { flush, instruments } = await runWithReceiver(table)
    instruments.level.set({ tank: 'a' }, -2)
    await flush()
    expect(await flush()).toEqual(['level:0|g|#tank:a', 'level:-2|g|#tank:a'])
    instruments.level.set({ tank: 'a' }, -0)
    expect(await flush()).toEqual(['level:0|g|#tank:a'])
  })

  it('are told when they have changed, where that is asked', async () => {
    const { flush, instruments } = await runWithReceiver(table, { statsd: { unchangedGauges: 'skip' } })
    instruments.level.set({ tank: 'a' }, 2)
    await flush()
    expect(await flush()).toEqual([])
    instruments.level.set({ tank: 'a' }, 3)
    expect(await flush()).toEqual(['level:3|g|#tank:a'])
  })

  it('that could not be sent are still news', async () => {
    const sender = createTestSender()
    const { host, instruments } = await runHost(table, { sender, statsd: { unchangedGauges: 'skip' } })
    instruments.level.set({ tank: 'a' }, 2)
    sender.answer = () => failed
    await host.flush()
    sender.answer = () => ({ outcome: 'sent' })
    await host.flush()
    expect(sender.takeSent()).toContain('level:2|g|#tank:a')
  })
})

describe('sums', () => {
  it('may fall, and are told by a negative delta', async () => {
    const { flush, instruments } = await runWithReceiver(table)
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

describe('lines of a connection that broke', () => {
  it('are sent again, and counted', async () => {
    const sender = createTestSender({ lastLineBreak: 'sent' })
    const { host, instruments, transport } = await runHost(table, { sender })
    await host.flush()
    instruments.work.inc(3)
    sender.answer = () => doubtful
    await host.flush()
    sender.answer = () => ({ outcome: 'sent' })
    await host.flush()
    expect(news(sender.takeSent())).toContain('work:3|c')
    expect(transport.describe!()).toMatchObject({ doubtfulLines: '1', errors: '1' })
  })

  it('are given up, and counted, when that is asked', async () => {
    const sender = createTestSender()
    const { host, instruments, transport } = await runHost(table, {
      sender,
      statsd: { brokenConnections: 'drop' },
    })
    await host.flush()
    instruments.work.inc(3)
    sender.answer = () => doubtful
    await host.flush()
    sender.answer = () => ({ outcome: 'sent' })
    instruments.work.inc(1)
    await host.flush()
    expect(news(sender.takeSent())).toEqual(['work:1|c'])
    expect(transport.describe!()).toMatchObject({ dropped_connection_broken: '1' })
  })
})
