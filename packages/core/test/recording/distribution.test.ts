import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bucketOf } from '../../src/recording/bucket-of.js'
import { runs } from '@tidegauge/testkit'
import { instrumentOf, startRecording } from '../support/recording.js'

const table = {
  plain: { kind: 'histogram', name: 'plain', help: 'P', bounds: [1, 2, 5] },
  open: { kind: 'histogram', name: 'open', help: 'O', bounds: [1, 2, 5], labels: { a: {} } },
  closed: { kind: 'histogram', name: 'closed', help: 'C', labels: { a: ['x', 'y'] } },
  exponential: { kind: 'exponential_histogram', name: 'exponential', help: 'E', labels: { a: {} } },
  summary: { kind: 'summary', name: 'summary', help: 'S', labels: { a: {} }, quantiles: [0.5, 1] },
} as const

describe('bucket of a bound list', () => {
  test('is the first whose bound is not below the value, for short and long lists', () => {
    const bounds = fc.uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 60 })
    fc.assert(
      fc.property(bounds, fc.double({ noNaN: true }), fc.nat(), (list, other, pick) => {
        const ascending = list.map((bound) => bound + 0).sort((a, b) => a - b)
        const value = pick % 2 === 0 ? other : (ascending[pick % (ascending.length || 1)] ?? other)
        const found = ascending.findIndex((bound) => value <= bound)
        expect(bucketOf(ascending, value)).toBe(found < 0 ? ascending.length : found)
      }),
      { numRuns: runs(500) },
    )
  })
})

describe('histogram', () => {
  test('counts each value once, with bounds inclusive at the top', async () => {
    const { instruments, memory } = await startRecording(table)
    for (const value of [-1, 1, 1.5, 2, 2.1, 5, 5.1, 1e9]) instruments.plain.observe(value)
    expect(memory.series('plain')).toEqual({
      labels: {},
      buckets: [2, 2, 2, 2],
      sum: 1_000_000_015.7,
      count: 8,
    })
  })

  test('of a closed label set starts at zero', async () => {
    const { memory } = await startRecording(table)
    expect(memory.series('closed', { a: 'y' })).toMatchObject({ sum: 0, count: 0 })
    expect(memory.series('plain')).toMatchObject({ count: 0 })
  })

  test('records labelled and bound calls into one series', async () => {
    const { instruments, memory } = await startRecording(table)
    instruments.open.labels({ a: 'x' }).observe(1)
    instruments.open.observe({ a: 'x' }, 3)
    expect(memory.series('open', { a: 'x' })).toMatchObject({ buckets: [1, 0, 1, 0], sum: 4, count: 2 })
  })

  test('with no bounds counts everything in its one bucket', async () => {
    const { instruments, memory } = await startRecording({
      h: { kind: 'histogram', name: 'h', help: 'H', bounds: [] },
    })
    instruments.h.observe(5)
    expect(memory.series('h')).toMatchObject({ buckets: [1], sum: 5, count: 1 })
  })

  test('starts empty again in a place that was used before', async () => {
    const { instruments, memory } = await startRecording(table)
    const bound = instruments.open.labels({ a: 'x' })
    bound.observe(1)
    instruments.open.remove({ a: 'x' })
    instruments.open.observe({ a: 'y' }, 4)
    bound.observe(3)
    expect(memory.series('open', { a: 'y' })).toMatchObject({ buckets: [0, 0, 1, 0], sum: 4 })
    expect(memory.series('open', { a: 'x' })).toMatchObject({ buckets: [0, 0, 1, 0], sum: 3 })
  })

  test('keeps the latest exemplar of each bucket', async () => {
    const { instruments, memory } = await startRecording(table)
    instruments.plain.observe(0.5, { labels: { t: 'low' } })
    instruments.plain.observe(9, { labels: { t: 'high' }, timestampSeconds: 5 })
    instruments.open.observe({ a: 'x' }, 9, { labels: { t: 'x'.repeat(200) } })
    const instrument = instrumentOf(memory, 'plain')
    expect([0, 1, 3].map((cell) => instrument.exemplars.at(cell)?.labels)).toEqual([
      { t: 'low' },
      undefined,
      { t: 'high' },
    ])
    expect(instrument.exemplars.at(3)).toMatchObject({ value: 9, timestampSeconds: 5 })
    expect(memory.series('open', { a: 'x' })).toMatchObject({ count: 1 })
  })
})

describe('every distribution', () => {
  const kinds = ['open', 'exponential', 'summary'] as const

  test('drops what is infinite or no number, and says why', async () => {
    const { instruments, memory, dropped } = await startRecording(table)
    for (const kind of kinds)
      for (const value of [Number.NaN, Infinity, -Infinity, '5', 5n, null, {}, Symbol('x')] as never[]) {
        instruments[kind].observe({ a: 'x' }, value)
        instruments[kind].labels({ a: 'x' }).observe(value)
      }
    for (const kind of kinds) expect(memory.series(kind, { a: 'x' })).toMatchObject({ count: 0, sum: 0 })
    expect(dropped()).toEqual({ infinite: 12, not_a_number: 36 })
  })

  test('starts anew after its series was removed or cleared', async () => {
    const { instruments, memory } = await startRecording(table)
    for (const kind of kinds) {
      const bound = instruments[kind].labels({ a: 'x' })
      bound.observe(1)
      instruments[kind].remove({ a: 'x' })
      expect(memory.series(kind, { a: 'x' })).toBeUndefined()
      bound.observe(2)
      instruments[kind].clear()
      bound.observe(3)
      expect(memory.series(kind, { a: 'x' }), kind).toMatchObject({ count: 1, sum: 3 })
    }
  })

  test('records into the overflow series when it is over its limit', async () => {
    for (const kind of kinds) {
      const { instruments, memory, overflowed } = await startRecording({
        [kind]: { ...table[kind], seriesLimit: 1 },
      })
      const handle = (
        instruments as unknown as { [K in typeof kind]: { labels(l: object): { observe(v: number): void } } }
      )[kind]
      for (const a of ['1', '2', '3']) handle.labels({ a }).observe(4)
      expect(memory.series(kind, { a: '__overflow__' }), kind).toMatchObject({ count: 2, sum: 8 })
      expect(overflowed(kind)).toBe(2)
    }
  })

  test('of a summary gives its quantiles over the window, and totals since the start', async () => {
    const { instruments, memory, clock } = await startRecording(table)
    for (const value of [1, 2, 100]) instruments.summary.observe({ a: 'x' }, value)
    const { quantiles, sum, count } = memory.series('summary', { a: 'x' })!
    expect(quantiles!.map(Math.round)).toEqual([2, 100])
    expect([sum, count]).toEqual([103, 3])
    await clock.advance(600_000)
    expect(memory.series('summary', { a: 'x' })).toEqual({
      labels: { a: 'x' },
      quantiles: [Number.NaN, Number.NaN],
      sum: 103,
      count: 3,
    })
  })
})

describe('timer', () => {
  const timers = {
    plain: { kind: 'timer', name: 'plain_seconds', help: 'P', bounds: [1, 10] },
    open: { kind: 'timer', name: 'open_seconds', help: 'O', labels: { a: {} }, over: 'summary' },
    exponential: { kind: 'timer', name: 'e_seconds', help: 'E', over: 'exponential_histogram' },
  } as const

  test('records the seconds between start and stop, once', async () => {
    const { instruments, memory, clock } = await startRecording(timers)
    const running = instruments.plain.start()
    await clock.advance(1_500)
    expect(running.stop()).toBe(1.5)
    await clock.advance(1_500)
    expect(running.stop()).toBe(1.5)
    expect(memory.series('plain_seconds')).toMatchObject({ buckets: [0, 1, 0], sum: 1.5, count: 1 })
  })

  test('stops at the end of a using block, also when it throws', async () => {
    const { instruments, memory, clock } = await startRecording(timers)
    const measured = async () => {
      using _running = instruments.exponential.start()
      await clock.advance(2_000)
      throw new Error('no')
    }
    await expect(measured()).rejects.toThrow('no')
    expect(memory.series('e_seconds')).toMatchObject({ sum: 2, count: 1 })
  })

  test('is not disturbed by a jump of the wall clock', async () => {
    const { instruments, clock } = await startRecording(timers)
    const running = instruments.plain.start()
    clock.jump(-3_600_000)
    await clock.advance(250)
    expect(running.stop()).toBe(0.25)
  })

  test('records under the labels of its start, whatever the caller does to its object', async () => {
    const { instruments, memory, clock } = await startRecording(timers)
    const labels = { a: 'first' }
    const running = instruments.open.start(labels)
    labels.a = 'second'
    await clock.advance(1_000)
    running.stop()
    expect(memory.series('open_seconds', { a: 'first' })).toMatchObject({ count: 1, sum: 1 })
    expect(memory.series('open_seconds', { a: 'second' })).toBeUndefined()
  })

  test('takes its labels at the end, where they are not known before', async () => {
    const { instruments, memory, clock } = await startRecording({
      request: {
        kind: 'timer',
        name: 'request_seconds',
        help: 'R',
        labels: { route: {}, status: ['200', '500'] },
      },
    })
    const stop = instruments.request.start()
    await clock.advance(250)
    expect(stop({ route: '/', status: '200' })).toBe(0.25)
    await clock.advance(250)
    expect(stop({ route: '/other', status: '500' })).toBe(0.25)
    expect(memory.series('request_seconds', { route: '/', status: '200' })).toMatchObject({
      sum: 0.25,
      count: 1,
    })
    expect(memory.series('request_seconds', { route: '/other', status: '500' })).toBeUndefined()
  })

  test('with bad labels still tells the time, and its sample is dropped', async () => {
    const { instruments, clock, dropped } = await startRecording(timers)
    const running = instruments.open.start({} as never)
    await clock.advance(1_000)
    expect(running.stop()).toBe(1)
    expect(dropped()).toEqual({ label_missing: 1 })
  })
})
