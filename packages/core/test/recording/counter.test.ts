import { describe, expect, test } from 'vitest'
import { startRecording } from '../support/recording.js'

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
