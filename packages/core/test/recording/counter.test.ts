import { describe, expect, test } from 'vitest'
import { instrumentOf, startRecording } from '../support/recording.js'

const labels = { a: {}, b: {} } as const
const name = 'c_total'
const table = { c: { kind: 'counter', name, help: 'C', labels } } as const
const plain = { c: { kind: 'counter', name, help: 'C' } } as const
const closed = {
  c: { kind: 'counter', name, help: 'C', labels: { direction: ['sent', 'received'], ok: ['yes', 'no'] } },
} as const

describe('counter', () => {
  test('without labels is there at zero, and adds one or what it is reported', async () => {
    const { instruments, memory } = await startRecording(plain)
    expect(memory.value(name)).toBe(0)
    instruments.c.inc()
    instruments.c.inc(2.5)
    instruments.c.inc(0)
    expect(memory.value(name)).toBe(3.5)
  })

  test('of a closed label set starts at zero in every series; an open one starts empty', async () => {
    const { labelsOf } = await startRecording(closed)
    expect(labelsOf(name)).toEqual([
      { direction: 'sent', ok: 'yes' },
      { direction: 'sent', ok: 'no' },
      { direction: 'received', ok: 'yes' },
      { direction: 'received', ok: 'no' },
    ])
    expect((await startRecording(table)).labelsOf(name)).toEqual([])
  })

  test('counts labelled and bound calls into one series', async () => {
    const { instruments, memory } = await startRecording(table)
    const bound = instruments.c.labels({ a: 'x', b: 'y' })
    bound.inc()
    instruments.c.inc({ b: 'y', a: 'x' }, 2)
    expect(instruments.c.labels({ a: 'x', b: 'y' })).toBe(bound)
    expect(memory.value(name, { a: 'x', b: 'y' })).toBe(3)
  })

  test('drops what is negative, infinite or no number, and says why', async () => {
    const { instruments, memory, dropped } = await startRecording(table)
    const bound = instruments.c.labels({ a: 'x', b: 'y' })
    for (const value of [
      -1,
      -Infinity,
      Infinity,
      Number.NaN,
      '5',
      5n,
      null,
      {},
      [1],
      Symbol('x'),
    ] as never[]) {
      bound.inc(value)
      instruments.c.inc({ a: 'x', b: 'y' }, value)
      bound.setTotal(value)
    }
    expect(memory.value(name, { a: 'x', b: 'y' })).toBe(0)
    expect(dropped()).toEqual({ negative: 3, infinite: 6, not_a_number: 21 })
  })

  test('keeps a bound series useful after its series was removed or cleared', async () => {
    const { instruments, memory, labelsOf } = await startRecording(table)
    const bound = instruments.c.labels({ a: 'x', b: 'y' })
    bound.inc(5)
    instruments.c.remove({ a: 'x', b: 'y' })
    expect(labelsOf(name)).toEqual([])
    bound.inc(2)
    expect(memory.value(name, { a: 'x', b: 'y' })).toBe(2)
    instruments.c.inc({ a: 'x', b: 'y' })
    instruments.c.clear()
    expect(labelsOf(name)).toEqual([])
    bound.inc()
    expect(memory.value(name, { a: 'x', b: 'y' })).toBe(1)
  })

  test('never writes into the series that took the place of a removed one', async () => {
    const { instruments, memory } = await startRecording(table)
    const gone = instruments.c.labels({ a: 'gone', b: '' })
    instruments.c.remove({ a: 'gone', b: '' })
    instruments.c.inc({ a: 'new', b: '' }, 10)
    gone.inc()
    expect(memory.value(name, { a: 'new', b: '' })).toBe(10)
    expect(memory.value(name, { a: 'gone', b: '' })).toBe(1)
  })

  test('removes a series by labels that are numbers', async () => {
    const { instruments, labelsOf } = await startRecording(table)
    instruments.c.inc({ a: 200, b: true })
    expect(labelsOf(name)).toEqual([{ a: '200', b: 'true' }])
    instruments.c.remove({ a: 200, b: true })
    expect(labelsOf(name)).toEqual([])
  })

  test('removing what is not there changes nothing', async () => {
    const { instruments, labelsOf, dropped } = await startRecording(table)
    instruments.c.inc({ a: 'x', b: 'y' })
    instruments.c.remove({ a: 'x', b: 'z' })
    instruments.c.remove({} as never)
    expect(labelsOf(name)).toEqual([{ a: 'x', b: 'y' }])
    expect(dropped()).toEqual({})
  })

  test('keeps its count for label values with lone surrogates and NUL', async () => {
    const { instruments, memory, labelsOf } = await startRecording(table)
    for (let i = 0; i < 3; i++) instruments.c.inc({ a: '\uD800', b: '\0' })
    expect(labelsOf(name)).toEqual([{ a: '\uFFFD', b: '\uFFFD' }])
    expect(memory.value(name, { a: '\uFFFD', b: '\uFFFD' })).toBe(3)
    instruments.c.remove({ a: '\uD800', b: '\0' })
    expect(labelsOf(name)).toEqual([])
  })
})

describe('counter over its limit', () => {
  const limited = { c: { kind: 'counter', name, help: 'C', labels, seriesLimit: 2 } } as const

  test('counts what is too much in one overflow series, and how often exactly', async () => {
    const { instruments, memory, overflowed, labelsOf, log } = await startRecording(limited)
    for (let i = 0; i < 10; i++) instruments.c.inc({ a: `${i}`, b: '' })
    expect(labelsOf(name)).toHaveLength(3)
    expect(memory.value(name, { a: '__overflow__', b: '__overflow__' })).toBe(8)
    expect(overflowed(name)).toBe(8)
    expect(log.filter((message) => message.includes('limit of 2 series'))).toHaveLength(1)
  })

  test('counts bound series as often as they record, and not when they are bound', async () => {
    const { instruments, memory, overflowed } = await startRecording(limited)
    for (let i = 0; i < 2; i++) instruments.c.inc({ a: `${i}`, b: '' })
    const bound = instruments.c.labels({ a: 'late', b: '' })
    expect([overflowed(name), memory.series(name, { a: '__overflow__', b: '__overflow__' })]).toEqual([
      0,
      undefined,
    ])
    bound.inc()
    bound.inc(4)
    expect(overflowed(name)).toBe(2)
    expect(memory.value(name, { a: '__overflow__', b: '__overflow__' })).toBe(5)
  })

  test('gives a bound series its own place as soon as there is one', async () => {
    const { instruments, memory } = await startRecording(limited)
    for (let i = 0; i < 2; i++) instruments.c.inc({ a: `${i}`, b: '' })
    const bound = instruments.c.labels({ a: 'late', b: '' })
    bound.inc()
    instruments.c.remove({ a: '0', b: '' })
    bound.inc(7)
    expect(memory.value(name, { a: 'late', b: '' })).toBe(7)
  })

  test('goes on counting in the series that were there first', async () => {
    const { instruments, memory } = await startRecording(limited)
    for (const a of ['first', 'second', 'third', 'first']) instruments.c.inc({ a, b: '' })
    expect(memory.value(name, { a: 'first', b: '' })).toBe(2)
  })

  test('keeps closed labels apart in overflow series', async () => {
    const { instruments, labelsOf } = await startRecording({
      c: { kind: 'counter', name, help: 'C', seriesLimit: 1, labels: { peer: {}, way: ['in', 'out'] } },
    } as const)
    instruments.c.inc({ peer: 'a', way: 'in' })
    instruments.c.inc({ peer: 'b', way: 'in' })
    instruments.c.inc({ peer: 'c', way: 'out' })
    expect(labelsOf(name)).toEqual([
      { peer: 'a', way: 'in' },
      { peer: '__overflow__', way: 'in' },
      { peer: '__overflow__', way: 'out' },
    ])
  })

  test('has no limit for a closed label set', async () => {
    const { overflowed, labelsOf } = await startRecording({
      c: { ...closed.c, seriesLimit: 1 },
    })
    expect(labelsOf(name)).toHaveLength(4)
    expect(overflowed(name)).toBe(0)
  })

  test('keeps its limit when a caller names series like the overflow series', async () => {
    const { instruments, labelsOf } = await startRecording(limited)
    for (let i = 0; i < 50; i++) instruments.c.inc({ a: '__overflow__', b: `${i}` })
    for (let i = 0; i < 50; i++) instruments.c.remove({ a: '__overflow__', b: `${i}` })
    for (let i = 0; i < 50; i++) instruments.c.inc({ a: `${i}`, b: '' })
    expect(labelsOf(name).length).toBeLessThanOrEqual(3)
  })

  test('takes no total for an overflow series, where sources can not be reported apart', async () => {
    const { instruments, memory, overflowed } = await startRecording(limited)
    for (let i = 0; i < 4; i++) instruments.c.setTotal({ a: `${i}`, b: '' }, 100)
    expect(memory.value(name, { a: '0', b: '' })).toBe(100)
    expect(memory.value(name, { a: '__overflow__', b: '__overflow__' })).toBe(0)
    expect(overflowed(name)).toBe(2)
  })
})

describe('counter of a source that counts by itself', () => {
  test('follows the total, and sees a smaller one as a new beginning', async () => {
    const { instruments, memory } = await startRecording(plain)
    const values = [5, 5, 8, 3, 4, 0, 2].map((total) => {
      instruments.c.setTotal(total)
      return memory.value(name)
    })
    expect(values).toEqual([5, 5, 8, 11, 12, 12, 14])
  })

  test('adds to what was counted otherwise', async () => {
    const { instruments, memory } = await startRecording(plain)
    instruments.c.inc(10)
    instruments.c.setTotal(5)
    instruments.c.setTotal(6)
    expect(memory.value(name)).toBe(16)
  })

  test('begins anew when the series was removed', async () => {
    const { instruments, memory } = await startRecording(table)
    instruments.c.setTotal({ a: 'x', b: '' }, 5)
    instruments.c.remove({ a: 'x', b: '' })
    instruments.c.setTotal({ a: 'x', b: '' }, 7)
    expect(memory.value(name, { a: 'x', b: '' })).toBe(7)
  })

  test('does not take the total of a removed series for that of the next in its place', async () => {
    const { instruments, memory } = await startRecording(table)
    instruments.c.setTotal({ a: 'old', b: '' }, 1_000)
    instruments.c.remove({ a: 'old', b: '' })
    instruments.c.setTotal({ a: 'new', b: '' }, 3)
    instruments.c.setTotal({ a: 'new', b: '' }, 1_001)
    expect(memory.value(name, { a: 'new', b: '' })).toBe(1_001)
  })

  test('keeps totals of sources apart that a view merges', async () => {
    const { instruments, memory } = await startRecording(table, {
      views: [{ match: name, dropLabels: ['a'] }],
    })
    const first = instruments.c.labels({ a: '1', b: 'x' })
    for (const [one, two] of [
      [100, 50],
      [100, 50],
      [110, 60],
      [5, 61],
    ] as const) {
      first.setTotal(one)
      instruments.c.setTotal({ a: '2', b: 'x' }, two)
    }
    expect(memory.value(name, { b: 'x' })).toBe(110 + 5 + 61)
  })

  test('keeps totals of sources apart that a view truncates to one', async () => {
    const { instruments, memory } = await startRecording(table, {
      views: [{ match: name, labels: { a: { truncate: 1 } } }],
    })
    for (let round = 0; round < 3; round++) {
      instruments.c.setTotal({ a: 'x1', b: '' }, 100)
      instruments.c.setTotal({ a: 'x2', b: '' }, 50)
    }
    expect(memory.value(name, { a: 'x', b: '' })).toBe(150)
  })

  test('forgets the total of one merged source when it is removed, and keeps the sum of all', async () => {
    const { instruments, memory } = await startRecording(table, {
      views: [{ match: name, dropLabels: ['a'] }],
    })
    instruments.c.setTotal({ a: '1', b: 'x' }, 100)
    instruments.c.setTotal({ a: '2', b: 'x' }, 50)
    instruments.c.remove({ a: '1', b: 'x' })
    expect(memory.value(name, { b: 'x' })).toBe(150)
    instruments.c.setTotal({ a: '1', b: 'x' }, 3)
    expect(memory.value(name, { b: 'x' })).toBe(153)
    instruments.c.clear()
    instruments.c.setTotal({ a: '2', b: 'x' }, 60)
    expect(memory.value(name, { b: 'x' })).toBe(60)
  })

  test('drops bad labels of a merged counter and counts them', async () => {
    const { instruments, dropped } = await startRecording(table, {
      views: [{ match: name, dropLabels: ['a'] }],
    })
    instruments.c.setTotal({ a: [], b: 'x' } as never, 1)
    instruments.c.setTotal(null as never, 1)
    instruments.c.labels({ b: {} } as never).inc()
    expect(dropped()).toEqual({ label_type: 2, label_missing: 1 })
  })
})

describe('exemplars of a counter', () => {
  const trace = { labels: { trace_id: 'abc' } }

  test('are kept with the value and the time, the latest one', async () => {
    const { instruments, memory, clock } = await startRecording(table)
    const labelled = { a: 'x', b: '' }
    instruments.c.inc(labelled, 2, trace)
    const bound = instruments.c.labels(labelled)
    bound.inc(3, { labels: { trace_id: 'def' } })
    const instrument = instrumentOf(memory, name)
    expect(instrument.exemplars.at(0)).toEqual({
      labels: { trace_id: 'def' },
      value: 3,
      timestampSeconds: clock.now() / 1000,
    })
    instruments.c.remove(labelled)
    expect(instrument.exemplars.size).toBe(0)
  })

  test('of more than 128 characters are dropped, and the value is counted', async () => {
    const { instruments, memory, dropped } = await startRecording(plain)
    instruments.c.inc(1, { labels: { a: 'x'.repeat(127) } })
    instruments.c.inc(1, { labels: { a: 'x'.repeat(128) } })
    instruments.c.inc(1, { labels: { a: '💧'.repeat(127) } })
    expect(memory.value(name)).toBe(3)
    expect(dropped()).toEqual({ exemplar_too_long: 1 })
  })

  test('of the wrong shape are dropped, and the value is counted', async () => {
    const { instruments, memory, dropped } = await startRecording(plain)
    const thrower = {
      get labels(): never {
        throw new Error('no')
      },
    }
    const odd = [null, 5, 'x', { labels: { a: 5 } }, { labels: { 'a b': 'x' } }, { labels: 'xy' }, thrower]
    const times = [Number.NaN, '5', {}, 5n].map((timestampSeconds) => ({ labels: {}, timestampSeconds }))
    for (const exemplar of [...odd, ...times] as never[]) instruments.c.inc(1, exemplar)
    expect(memory.value(name)).toBe(odd.length + times.length)
    // a number and a string have no labels: an exemplar without any
    expect(dropped()).toEqual({ exemplar_too_long: odd.length + times.length - 2 })
  })

  test('are not kept for a value that was dropped', async () => {
    const { instruments, memory } = await startRecording(plain)
    instruments.c.inc(Number.NaN, trace)
    instruments.c.inc(-1, trace)
    const instrument = instrumentOf(memory, name)
    expect(instrument.exemplars.size).toBe(0)
  })
})
