import { describe, expect, test } from 'vitest'
import { startRecording } from '../support/recording.js'

const labels = { a: {}, b: {} } as const
const name = 'c_total'
const closed = {
  c: { kind: 'counter', name, help: 'C', labels: { direction: ['sent', 'received'], ok: ['yes', 'no'] } },
} as const

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
