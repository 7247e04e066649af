import { describe, expect, test } from 'vitest'
import { ProtoWriter } from '../../src/encode/protobuf/proto-writer.js'

describe('a varint', () => {
  test.each([Infinity, Number.NaN, -1, -Infinity, 2 ** 64, 1e300, Number.MAX_VALUE])(
    'of %d ends, and is one of at most 64 bits (issue 10.26)',
    (value) => {
      const writer = new ProtoWriter(new Uint8Array(64))
      writer.varint(value)
      const bytes = [...writer.written]
      expect(bytes.length).toBeLessThanOrEqual(10)
      const number = bytes.reduceRight((rest, byte) => (rest << 7n) | BigInt(byte & 0x7f), 0n)
      expect(number < 2n ** 64n).toBe(true)
      expect(bytes.map((byte) => byte >= 0x80)).toEqual(bytes.map((_, i) => i < bytes.length - 1))
    },
  )
})
