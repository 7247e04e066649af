import { describe, expect, test } from 'vitest'
import { startRecording } from '../../support/recording.js'

const labels = { a: {}, b: {} } as const
const name = 'c_total'
const table = { c: { kind: 'counter', name, help: 'C', labels } } as const
const plain = { c: { kind: 'counter', name, help: 'C' } } as const

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
