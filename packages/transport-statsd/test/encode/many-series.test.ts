/** What thousands of series cost the rest of the process: turns of the event loop, and memory. */
import { defineInstruments } from '@tidegauge/core'
import { createManualClock } from '@tidegauge/testkit'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { SentValues } from '../../src/encode/sent-values.js'
import { SeriesTags } from '../../src/encode/series-tags.js'
import { startTransport } from '../support/start-transport.js'
import { createTestSender } from '../support/test-sender.js'

const seriesLimit = 100_000
const table = defineInstruments({
  size: { kind: 'exponential_histogram', name: 'size', help: 'Size.', labels: { of: {} }, seriesLimit },
  hits: { kind: 'counter', name: 'hits', help: 'Hits.', labels: { of: {} }, seriesLimit },
  wait: { kind: 'histogram', name: 'wait', help: 'Wait.', labels: { of: {} }, seriesLimit, bounds: [1] },
})

describe('20,000 unchanged series of an exponential histogram', () => {
  it('give the event loop a turn after every few of them', { timeout: 60_000 }, async () => {
    const sender = createTestSender({ maxBytes: 65_000 })
    const { tidegauge, instruments } = await startTransport(table, { sender, clock: createManualClock() })
    for (let i = 0; i < 20_000; i++) instruments.size.observe({ of: `${i}` }, i)
    await tidegauge.flush()
    sender.takeSent()
    // a slice is over at every check of the clock
    let nowMs = performance.now()
    const spy = vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += 5))
    onTestFinished(() => spy.mockRestore())
    let turns = 0
    let isFlushing = true
    const count = () => {
      turns++
      if (isFlushing) setImmediate(count)
    }
    setImmediate(count)
    await tidegauge.flush()
    isFlushing = false
    spy.mockRestore()
    expect(sender.takeSent()).toEqual([])
    // at 25 µs each, 100 of them are 2.5 ms
    expect(turns).toBeGreaterThan(20_000 / 100)
  })
})

describe('removed series', () => {
  it('are forgotten when they are the greater part, and the others continue', async () => {
    const sender = createTestSender({ maxBytes: 65_000 })
    const { tidegauge, instruments } = await startTransport(table, { sender })
    const { hits, wait, size } = instruments
    const record = (of: string) => {
      hits.inc({ of }, 2)
      wait.observe({ of }, 0.5)
      size.observe({ of }, 3)
    }
    const flush = async () => {
      await tidegauge.flush()
      return sender.takeSent().filter((line) => /^hits|count|le:(1|4)$/.test(line))
    }
    const expectedLines = (of: string, n: number) => [
      `size.count:${n}|c|#of:${of}`,
      `size.bucket:${n}|c|#of:${of},le:4`,
      `hits:${n * 2}|c|#of:${of}`,
      `wait.count:${n}|c|#of:${of}`,
      `wait.bucket:${n}|c|#of:${of},le:1`,
    ]
    const forgotten = vi.spyOn(SentValues.prototype, 'keep')
    onTestFinished(() => forgotten.mockRestore())
    for (let i = 0; i < 2_000; i++) record(`${i}`)
    await flush()
    for (let i = 0; i < 2_000; i++)
      if (i !== 700) for (const one of [hits, wait, size]) one.remove({ of: `${i}` })
    expect(forgotten).not.toHaveBeenCalled()
    expect(await flush()).toEqual([])
    // once per instrument
    expect(forgotten).toHaveBeenCalledTimes(3)
    record('700')
    expect(await flush()).toEqual(expectedLines('700', 1))
    // in slots whose last series were forgotten
    record('later')
    expect((await flush()).toSorted()).toEqual(expectedLines('later', 1).toSorted())
    record('later')
    expect((await flush()).toSorted()).toEqual(expectedLines('later', 1).toSorted())
    expect(forgotten).toHaveBeenCalledTimes(3)
  })

  it('leave no pages behind without another series', () => {
    const sent = new SentValues(2)
    const pages = [0, 256, 512].map((slot) => sent.pageFor(slot))
    sent.keep((slot) => slot === 300)
    expect([0, 256, 512].map((slot, i) => sent.pageFor(slot) === pages[i])).toEqual([false, true, false])
    expect(sent.pageFor(512).every(Number.isNaN)).toBe(true)
  })

  it('leave no tags behind, however often a slot is reused', () => {
    const tags = new SeriesTags()
    for (let serial = 1; serial <= 100_000; serial++) tags.set(serial % 8, serial, `of:${'x'.repeat(100)}`)
    expect(tags.allocatedBytes).toBeLessThan(500_000)
  })

  it('are not counted as series with tags', () => {
    const tags = new SeriesTags()
    for (let slot = 0; slot < 40; slot++) tags.set(slot, slot + 1, `of:${slot}`)
    tags.set(3, 100, 'of:x')
    expect([tags.size, tags.has(3, 4), tags.has(3, 100)]).toEqual([40, false, true])
    for (const slot of [3, 3, 5, 5_000]) tags.forget(slot)
    expect([tags.size, tags.has(3, 100), tags.has(4, 5)]).toEqual([38, false, true])
  })
})
