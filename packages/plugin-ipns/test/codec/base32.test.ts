import { runs } from '@tidegauge/testkit'
import fc from 'fast-check'
import { base32 } from 'multiformats/bases/base32'
import { expect, it } from 'vitest'
import { decodeBase32, encodeBase32 } from '../../src/codec/base32.js'

it('encodes and decodes as multiformats does, and refuses other characters', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (input) => {
      const text = encodeBase32(input)
      expect(`b${text}`).toBe(base32.encode(input))
      expect(decodeBase32(text)).toEqual(input)
    }),
    { numRuns: runs(300) },
  )
  expect(() => decodeBase32('a1')).toThrow(RangeError)
})
