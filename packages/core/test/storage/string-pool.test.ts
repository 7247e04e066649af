import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { StringPool } from '../../src/storage/string-pool.js'
import { runs } from '@tidegauge/testkit'

const replacement = '\uFFFD'
const odd = [
  '',
  ' ',
  '\uFEFFbom',
  'a\uFEFF',
  '__proto__',
  'constructor',
  'toString',
  'ünï 💧',
  '\u2028',
  '\r\n',
]

describe('string pool', () => {
  test('gives equal texts one id and different texts different ids', () => {
    const pool = new StringPool()
    const ids = odd.map((text) => pool.acquire(text))
    expect(new Set(ids).size).toBe(odd.length)
    expect(odd.map((text) => pool.acquire(text))).toEqual(ids)
    expect(odd.map((text) => pool.find(text))).toEqual(ids)
    expect(ids.map((id) => pool.text(id))).toEqual(odd)
  })

  test('does not know names of the object prototype before they are added', () => {
    const pool = new StringPool()
    for (const name of ['__proto__', 'constructor', 'hasOwnProperty']) expect(pool.find(name)).toBeUndefined()
  })

  test('forgets a text when its last reference is given back, and not before', () => {
    const pool = new StringPool()
    const id = pool.acquire('a')
    pool.acquire('a')
    pool.release(id)
    expect(pool.find('a')).toBe(id)
    pool.release(id)
    expect(pool.find('a')).toBeUndefined()
    expect(pool.size).toBe(0)
  })

  test('uses the id of a forgotten text again', () => {
    const pool = new StringPool()
    const id = pool.acquire('a')
    pool.release(id)
    expect(pool.acquire('something longer')).toBe(id)
    expect(pool.text(id)).toBe('something longer')
  })

  test('replaces lone surrogates and NUL, and gives the replaced text the same id', () => {
    const pool = new StringPool()
    const id = pool.acquire('a\uD800b\0c')
    expect(pool.text(id)).toBe(`a${replacement}b${replacement}c`)
    expect(pool.acquire(`a${replacement}b${replacement}c`)).toBe(id)
    expect(pool.size).toBe(1)
  })

  test('marks the texts that Prometheus formats must escape', () => {
    const pool = new StringPool()
    for (const [text, special] of [
      ['a"', 1],
      ['\\', 1],
      ['\n', 1],
      ['a', 0],
      ['\r', 0],
      ["'", 0],
    ] as const)
      expect(pool.special[pool.acquire(text)], JSON.stringify(text)).toBe(special)
  })

  test('keeps words to copy past the last text', () => {
    const pool = new StringPool()
    for (let i = 0; i < 200; i++) pool.acquire('x'.repeat(i))
    const ends = Array.from({ length: 200 }, (_, id) => pool.offsets[id] + pool.lengths[id])
    expect(pool.bytes.length - Math.max(...ends)).toBeGreaterThanOrEqual(16)
  })

  test('reclaims the bytes of forgotten texts, and keeps the others as they are', () => {
    const pool = new StringPool()
    const kept = Array.from({ length: 50 }, (_, i) => pool.acquire(`kept ${i} ünï`))
    for (let round = 0; round < 40; round++) {
      const gone = Array.from({ length: 100 }, (_, i) => pool.acquire(`${round} ${i} ${'x'.repeat(100)}`))
      for (const id of gone) pool.release(id)
    }
    expect(pool.bytes.length).toBeLessThan(400_000)
    expect(kept.map((id) => pool.text(id))).toEqual(kept.map((_, i) => `kept ${i} ünï`))
  })

  test('behaves as a map of counted texts, whatever comes and goes', () => {
    const command = fc.record({ add: fc.boolean(), text: fc.string({ unit: 'binary', maxLength: 4 }) })
    fc.assert(
      fc.property(fc.array(command, { maxLength: 80 }), (commands) => {
        const pool = new StringPool()
        const model = new Map<string, number>()
        for (const { add, text } of commands) {
          const kept = text.replaceAll('\0', replacement)
          const count = model.get(kept) ?? 0
          if (add) {
            pool.acquire(text)
            model.set(kept, count + 1)
          } else if (count > 0) {
            pool.release(pool.find(kept)!)
            if (count === 1) model.delete(kept)
            else model.set(kept, count - 1)
          }
        }
        expect(pool.size).toBe(model.size)
        const found = [...model.keys()].map((text) => pool.text(pool.find(text)!))
        expect(found).toEqual([...model.keys()])
      }),
      { numRuns: runs(200) },
    )
  })
})
