import { IPNSEntry, createIPNSRecord } from '@helia/ipns'
import { Record } from '@libp2p/kad-dht'
import * as dagCbor from '@ipld/dag-cbor'
import fc from 'fast-check'
import { base32 } from 'multiformats/bases/base32'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../tools/test/runs.js'
import { decodeBase32, encodeBase32 } from '../src/codec/base32.js'
import { readCborMap } from '../src/codec/dag-cbor.js'
import { readProtobuf } from '../src/codec/protobuf.js'
import { readPublishMetadata, readRecordTimes } from '../src/codec/record.js'
import { createNode, nameOf, value } from './support/nodes.js'

const bytes = fc.uint8Array({ maxLength: 300 })
/** Four-digit years, as RFC 3339 has them. */
const times = fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })

function entryWith(validUntil: Date, extra: object = {}): Uint8Array {
  const validity = new TextEncoder().encode(validUntil.toISOString().replace('Z', '000000Z'))
  const data = dagCbor.encode({
    ...extra,
    Value: new TextEncoder().encode('/ipfs/x'),
    Validity: validity,
    ValidityType: 0,
    Sequence: 2n,
    TTL: 300_000_000_000n,
  })
  return IPNSEntry.encode({ data: data as Uint8Array<ArrayBuffer>, signatureV2: new Uint8Array(64) })
}

function stored(entry: Uint8Array, created: Date): Uint8Array {
  return new Record(new TextEncoder().encode('/ipns/x'), entry, created).serialize()
}

describe('stored records', () => {
  it('tell when they were written and until when they are valid, whatever data they carry', () => {
    const data = fc.dictionary(
      fc.string({ minLength: 1 }),
      fc.oneof(
        fc.string(),
        bytes,
        fc.integer(),
        fc.boolean(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.array(fc.string()),
        fc.dictionary(fc.string(), fc.constant(null)),
      ),
    )
    fc.assert(
      fc.property(times, times, data, (created, validUntil, extra) => {
        const { createdMs, validUntilMs } = readRecordTimes(stored(entryWith(validUntil, extra), created))
        expect([createdMs, validUntilMs]).toEqual([created.getTime(), validUntil.getTime()])
      }),
      { numRuns: runs(200) },
    )
  })

  it('of Helia itself are read, with and without the old signature', async () => {
    const node = await createNode()
    const { record } = await nameOf(node).publish('key', value, { offline: true })
    const key = await node.keychain.exportKey('key')
    const now = 1_800_000_000_123
    for (const v1Compatible of [true, false]) {
      const entry = await createIPNSRecord(key, value, 7, 3_600_000, {
        v1Compatible,
        now,
        data: { _mine: [1] },
      })
      const times = readRecordTimes(stored(IPNSEntry.encode(entry), new Date(now - 5)))
      expect(times).toEqual({ createdMs: now - 5, validUntilMs: now + 3_600_000 })
    }
    expect(IPNSEntry.decode(IPNSEntry.encode(record)).data).toBeDefined()
  })

  it('that are cut short, or are no records, throw a RangeError and nothing else', () => {
    const whole = stored(entryWith(new Date(0)), new Date(0))
    const mangled = fc.oneof(
      bytes,
      fc.nat(whole.length - 1).map((length) => whole.slice(0, length)),
      fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, byte]) => whole.with(at, byte)),
    )
    fc.assert(
      fc.property(mangled, (input) => {
        try {
          const { createdMs, validUntilMs } = readRecordTimes(input)
          expect(Number.isFinite(createdMs) && Number.isFinite(validUntilMs)).toBe(true)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(RangeError)
        }
      }),
      { numRuns: runs(2_000) },
    )
  })

  it('without data, of another validity type or without a time are refused', () => {
    const created = new Date()
    expect(() => readRecordTimes(stored(IPNSEntry.encode({ sequence: 1n }), created))).toThrow(
      'no signed data',
    )
    const odd = dagCbor.encode({ Validity: new Uint8Array(), ValidityType: 1 })
    expect(() =>
      readRecordTimes(stored(IPNSEntry.encode({ data: odd as Uint8Array<ArrayBuffer> }), created)),
    ).toThrow('another type')
    const none = dagCbor.encode({ Validity: new Uint8Array([65]), ValidityType: 0 })
    expect(() =>
      readRecordTimes(stored(IPNSEntry.encode({ data: none as Uint8Array<ArrayBuffer> }), created)),
    ).toThrow('no time')
  })

  it('have their key name and lifetime beside them', async () => {
    const node = await createNode()
    await nameOf(node).publish('schlüssel', value, { offline: true, lifetime: 123_456 })
    for await (const { value: metadata } of node.datastore.query({ prefix: '/ipns/metadata/' }))
      expect(readPublishMetadata(metadata)).toEqual({ keyName: 'schlüssel', lifetimeMs: 123_456 })
    expect(readPublishMetadata(new Uint8Array())).toEqual({ keyName: '', lifetimeMs: 0 })
  })
})

describe('CBOR', () => {
  it('gives bytes and numbers of a map, and steps over everything else', () => {
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

  it('that is nested very deep exhausts nothing', () => {
    const deep = new Uint8Array(1_000_000).fill(0x81)
    expect(() => readCborMap(Uint8Array.of(0xa1, 0x61, 0x61, ...deep.subarray(0, 100_000)))).toThrow(
      'ends too early',
    )
  })

  it('with an indefinite length, or that is no map, is refused', () => {
    expect(() => readCborMap(Uint8Array.of(0xbf, 0xff))).toThrow('indefinite')
    expect(() => readCborMap(Uint8Array.of(0x80))).toThrow('not a map')
    expect(() => readCborMap(Uint8Array.of(0xa1, 0x01, 0x01))).toThrow('no text')
  })
})

describe('protobuf', () => {
  it('takes the last of a repeated field, and steps over fixed ones', () => {
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

describe('base32', () => {
  it('is what Helia writes keys in, there and back', () => {
    fc.assert(
      fc.property(bytes, (input) => {
        const text = encodeBase32(input)
        expect(`b${text}`).toBe(base32.encode(input))
        expect(decodeBase32(text)).toEqual(input)
      }),
      { numRuns: runs(300) },
    )
    expect(() => decodeBase32('a1')).toThrow(RangeError)
  })
})
