import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteBuffer } from '../../src/encode/byte-buffer.js'
import { plainDecimal } from '../../src/encode/digits.js'
import { runs } from '@tidegauge/testkit'

function written(value: number): string {
  const buffer = new ByteBuffer(1)
  buffer.number(value)
  return Buffer.from(buffer.bytes.subarray(0, buffer.position)).toString()
}

describe('numbers', () => {
  it('have no exponent, and no more digits than are needed', () => {
    const texts: [number, string][] = [
      [0, '0'],
      [-0, '0'],
      [7, '7'],
      [10, '10'],
      [2147483647, '2147483647'],
      [2147483648, '2147483648'],
      [-3, '-3'],
      [0.1, '0.1'],
      [-0.25, '-0.25'],
      [1e-7, '0.0000001'],
      [-1.5e-9, '-0.0000000015'],
      [1e21, '1000000000000000000000'],
      [-1.25e22, '-12500000000000000000000'],
      [1e15 + 0.5, '1000000000000000.5'],
    ]
    for (const [value, text] of texts) expect([value, written(value)]).toEqual([value, text])
  })

  it('read back as the same number, whatever they are', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = written(value)
        expect(text).toMatch(/^-?\d+(\.\d+)?$/)
        expect(Number(text)).toBe(value === 0 ? 0 : value)
        expect(text).toBe(plainDecimal(value))
      }),
      { numRuns: runs(5_000) },
    )
  })
})
