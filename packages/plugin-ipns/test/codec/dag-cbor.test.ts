import * as dagCbor from '@ipld/dag-cbor'
import { runs } from '@tidegauge/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCborMap } from '../../src/codec/dag-cbor.js'

const bytes = fc.uint8Array({ maxLength: 300 })

describe('readCborMap', () => {
  it('returns the bytes and whole numbers of a map, and skips everything else', () => {
    const any = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.integer(),
        fc.maxSafeNat(),
        bytes,
        fc.string(),
        fc.boolean(),
        fc.constant(null),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.array(tie('value'), { maxLength: 30 }),
        fc.dictionary(fc.string(), tie('value')),
      ),
    })).value
    fc.assert(
      fc.property(fc.dictionary(fc.string(), any), (map) => {
        const read = readCborMap(dagCbor.encode(map))
        expect([...read.keys()].sort()).toEqual(Object.keys(map).sort())
        for (const [key, one] of Object.entries(map)) {
          const isNumber = Number.isInteger(one) && (one as number) >= 0
          if (one instanceof Uint8Array) expect([...(read.get(key) as Uint8Array)]).toEqual([...one])
          else if (isNumber && typeof read.get(key) === 'number')
            expect(read.get(key)).toBe((one as number) + 0)
          else expect(read.get(key)).toBeUndefined()
        }
      }),
      { numRuns: runs(300) },
    )
  })

  it('reads whole numbers of every size', () => {
    for (const number of [0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER])
      expect(readCborMap(dagCbor.encode({ number })).get('number')).toBe(number)
  })

  it('survives very deep nesting', () => {
    const deep = new Uint8Array(1_000_000).fill(0x81)
    expect(() => readCborMap(Uint8Array.of(0xa1, 0x61, 0x61, ...deep.subarray(0, 100_000)))).toThrow(
      'ends too early',
    )
  })

  it('refuses indefinite lengths, and what is not a map', () => {
    expect(() => readCborMap(Uint8Array.of(0xbf, 0xff))).toThrow('indefinite')
    expect(() => readCborMap(Uint8Array.of(0x80))).toThrow('not a map')
    expect(() => readCborMap(Uint8Array.of(0xa1, 0x01, 0x01))).toThrow('not text')
  })
})
