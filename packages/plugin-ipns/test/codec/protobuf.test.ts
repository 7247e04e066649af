import { describe, expect, it } from 'vitest'
import { readProtobuf } from '../../src/codec/protobuf.js'

describe('readProtobuf', () => {
  it('returns the last of a repeated field, and skips fixed ones', () => {
    const { bytes: fields, numbers } = readProtobuf(
      Uint8Array.of(
        0x0a,
        1,
        65,
        0x0a,
        1,
        66,
        0x0d,
        0,
        0,
        0,
        0,
        0x09,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0x10,
        0xac,
        0x02,
      ),
    )
    expect([fields.get(1), numbers.get(2)]).toEqual([Uint8Array.of(66), 300])
  })

  it('refuses groups, and numbers that do not end', () => {
    expect(() => readProtobuf(Uint8Array.of(0x0b))).toThrow('wire type 3')
    expect(() => readProtobuf(new Uint8Array(11).fill(0x80))).toThrow('does not end')
    expect(() => readProtobuf(Uint8Array.of(0x0a, 5, 1))).toThrow('longer than its message')
  })
})
