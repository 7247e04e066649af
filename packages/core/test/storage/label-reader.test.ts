import { describe, expect, test } from 'vitest'
import { LabelReader } from '../../src/storage/label-reader.js'
import { StringPool } from '../../src/storage/string-pool.js'

function createReader(label: { values?: string[]; transform?: (value: string) => string } = {}) {
  const pool = new StringPool()
  return { pool, reader: new LabelReader(pool, { name: 'a', ...label }) }
}

describe('label reader', () => {
  test('takes strings, and writes numbers and booleans as text', () => {
    const { reader } = createReader()
    const values = ['x', '', 5, -0.5, true, Number.NaN]
    expect(values.map((value) => reader.read(value))).toEqual(
      ['x', '', '5', '-0.5', 'true', 'NaN'].map((text) => ({ text })),
    )
  })

  test('refuses what has no one text', () => {
    const { reader } = createReader()
    expect([undefined, null].map((value) => reader.read(value))).toEqual([
      { dropReason: 'label_missing' },
      { dropReason: 'label_missing' },
    ])
    const odd = [['x'], { toString: () => 'x' }, () => 'x', Symbol('x'), 5n, new Date(0)]
    expect(odd.map((value) => reader.read(value))).toEqual(odd.map(() => ({ dropReason: 'label_type' })))
  })

  test('holds the values of a closed list, and refuses every other', () => {
    const { reader, pool } = createReader({ values: ['sent', '1'] })
    expect(reader.find('sent')).toBe(pool.find('sent'))
    expect(reader.find('constructor')).toBe(-1)
    expect(reader.read(1)).toEqual({ text: '1' })
    expect(reader.read('lost')).toEqual({ dropReason: 'label_value' })
  })

  test('finds numbers and booleans by their text', () => {
    const open = createReader({ transform: (value) => `${value}!` })
    const id = open.pool.acquire('200!')
    expect([200, '200', 404, true, null].map((value) => open.reader.find(value))).toEqual([
      id,
      id,
      -1,
      -1,
      -1,
    ])
    const closed = createReader({ values: ['200', 'true'] })
    expect([200, true, 404, false].map((value) => closed.reader.find(value))).toEqual([
      closed.pool.find('200'),
      closed.pool.find('true'),
      -1,
      -1,
    ])
  })

  test('transforms before it looks a value up, in open and closed lists', () => {
    const upper = (value: string) => value.toUpperCase()
    const open = createReader({ transform: upper })
    const id = open.pool.acquire('X')
    expect([open.reader.find('x'), open.reader.read('x')]).toEqual([id, { text: 'X' }])
    const closed = createReader({ values: ['x'], transform: upper })
    expect(closed.pool.text(closed.reader.find('x'))).toBe('X')
  })

  test('gives the text as the pool keeps it, also when a transform cuts a character in two', () => {
    expect(createReader().reader.read('a\uD800\0')).toEqual({ text: 'a\uFFFD\uFFFD' })
    const { reader } = createReader({ transform: (value) => value.slice(0, 1) })
    expect(reader.read('💧')).toEqual({ text: '\uFFFD' })
  })

  test('remembers transformed values within bounds', () => {
    let calls = 0
    const { reader } = createReader({ transform: (value) => (calls++, `${value}!`) })
    for (let i = 0; i < 25_000; i++) reader.read(`${i}`)
    reader.read('24999')
    expect(calls).toBe(25_000)
    expect(reader.read('1')).toEqual({ text: '1!' })
    expect(calls).toBe(25_001)
  })
})
