/** Totals with fractions: each delta is rounded, and their sum must still be the total. */
import { defineInstruments } from '@tidegauge/core'
import { runs } from '@tidegauge/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { startTransport, startWithReceiver } from '../support/start-transport.js'
import { createTestSender, failed, sent } from '../support/test-sender.js'

const table = defineInstruments({ work: { kind: 'counter', name: 'work', help: 'Work.' } })

const ROUTES = 12

const fractions = defineInstruments({
  hits: { kind: 'counter', name: 'hits', help: 'Hits.', labels: { route: {} } },
  spent: { kind: 'histogram', name: 'spent', help: 'Spent.', labels: { route: {} }, bounds: [1] },
})

/** Decimals that are not sums of powers of two, such as seconds made from milliseconds. */
const increment = fc.oneof(
  fc.integer({ min: 1, max: 100_000 }).map((n) => n / 10_000),
  fc.constantFrom(1e-4, 0.001, 0.1, 0.3, 1.1, 1 / 3, 1e-9, 1e6 + 0.7),
)

/** Without the zeros that say that a counter exists. */
const nonZero = (lines: readonly string[]) => lines.filter((line) => !/:0\|c/.test(line))

describe('totals with fractions', () => {
  it('lose nothing to rounding, however many deltas there are', async () => {
    const { flush, instruments } = await startWithReceiver(table)
    let total = 0
    let received = 0
    for (let i = 0; i < 2_000; i++) {
      instruments.work.inc(0.1)
      total += 0.1
      for (const line of nonZero(await flush())) received += Number(/^work:([\d.]+)\|c$/.exec(line)![1])
    }
    expect(Math.abs(received - total)).toBeLessThan(1e-12 * total)
  })

  it('send nothing when nothing was added, even when the deltas do not add up to the total to the last bit', async () => {
    const { flush, instruments } = await startWithReceiver(table)
    // 41.3608… + (124.4206… - 41.3608…) is above 124.4206…
    instruments.work.setTotal(41.360800000000005)
    await flush()
    instruments.work.setTotal(124.42060000000002)
    expect(await flush()).toEqual(['work:83.05980000000002|c'])
    expect(await flush()).toEqual([])
  })

  it('arrive as they were counted, and sums of positive values never fall', async () => {
    const step = fc.record({
      steps: fc.array(fc.tuple(fc.nat(ROUTES - 1), fc.nat(50), increment), { maxLength: 30 }),
      fails: fc.array(fc.boolean(), { maxLength: 6 }),
    })
    const property = fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (flushes) => {
      const sender = createTestSender({ maxBytes: 128 })
      const { tidegauge, instruments } = await startTransport(fractions, { sender })
      const totals = new Map<string, number>()
      const received = new Map<string, { sum: number; lines: number }>()
      const flush = async (fails: readonly boolean[]) => {
        const first = sender.chunks.length
        sender.answer = (i) => (fails[i - first] ? failed : sent)
        await tidegauge.flush()
        for (const line of sender.takeSent()) {
          const [, of, delta, route] = /^(hits|spent\.sum):(-?[\d.]+)\|c\|#route:(.+)$/.exec(line) ?? []
          if (of === undefined) continue
          expect(Number(delta)).toBeGreaterThan(0)
          const before = received.get(`${of} ${route}`) ?? { sum: 0, lines: 0 }
          received.set(`${of} ${route}`, { sum: before.sum + Number(delta), lines: before.lines + 1 })
        }
      }
      for (const { steps, fails } of flushes) {
        for (const [route, times, by] of steps)
          for (let i = 0; i < times; i++) {
            instruments.hits.inc({ route }, by)
            instruments.spent.observe({ route }, by)
            totals.set(String(route), (totals.get(String(route)) ?? 0) + by)
          }
        await flush(fails)
        await flush(fails.slice(1))
      }
      await flush([])
      const lines = sender.chunks.length
      await flush([])
      expect(sender.chunks.slice(lines)).toEqual([])
      expect(received.size).toBe(2 * totals.size)
      for (const [key, { sum, lines }] of received) {
        const total = totals.get(key.split(' ')[1])!
        expect(Math.abs(sum - total)).toBeLessThanOrEqual(lines * Number.EPSILON * total)
      }
      await tidegauge.stop()
    })
    await fc.assert(property, { numRuns: runs(60) })
  })
})
