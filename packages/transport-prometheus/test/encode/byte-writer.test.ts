import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteWriter } from '../../src/encode/byte-writer.js'
import { runs } from '@tidegauge/testkit'

const written = (write: (writer: ByteWriter) => void, size = 64) => {
  const writer = new ByteWriter(new Uint8Array(size))
  write(writer)
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(writer.written)
}
const numberText = (value: number) => written((writer) => writer.number(value))

describe('a byte writer', () => {
  test('writes any double so that it is parsed as the same double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Object.is(Number(numberText(value)), value)).toBe(true)
      }),
      { numRuns: runs(20_000) },
    )
  })

  test('writes integers and short decimals in their shortest form', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 6 }), (integer, digits) => {
        const value = Number((integer / 10 ** digits).toFixed(digits))
        if (Math.abs(value) < 1e21 && Math.abs(value) >= 1e-6) expect(numberText(value)).toBe(String(value))
      }),
      { numRuns: runs(20_000) },
    )
  })

  test.each([
    [0, '0'],
    [-0, '-0'],
    [7, '7'],
    [42, '42'],
    [100, '100'],
    [999_999_999, '999999999'],
    [1_000_000_000, '1000000000'],
    [9_007_199_254_740_991, '9007199254740991'],
    [9_007_199_254_740_992, '9007199254740992'],
    [-1, '-1'],
    [0.1, '0.1'],
    [0.000001, '0.000001'],
    [1e-7, '1e-7'],
    [1e21, '1e+21'],
    [5e-324, '5e-324'],
    [Number.NaN, 'NaN'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
  ])('writes %d as %s', (value, text) => {
    expect(numberText(value)).toBe(text)
  })

  test('grows for a text of any length and keeps what was written before', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { maxLength: 20 }), (texts) => {
        const well = texts.map((text) => text.toWellFormed())
        expect(written((writer) => well.forEach((text) => writer.text(text)))).toBe(well.join(''))
      }),
      { numRuns: runs(500) },
    )
  })

  test('copies any part of a source, at any offset', () => {
    const source = Uint8Array.from({ length: 200 }, (_, i) => 33 + (i % 90))
    const view = new DataView(source.buffer)
    const text = new TextDecoder().decode(source)
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(150), fc.nat(40)), { maxLength: 20 }), (parts) => {
        const copied = written((writer) => parts.forEach(([from, length]) => writer.copy(view, from, length)))
        expect(copied).toBe(parts.map(([from, length]) => text.slice(from, from + length)).join(''))
      }),
      { numRuns: runs(2_000) },
    )
  })
})
