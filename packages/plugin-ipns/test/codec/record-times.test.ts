import { IPNSEntry, createIPNSRecord } from '@helia/ipns'
import * as dagCbor from '@ipld/dag-cbor'
import { Record } from '@libp2p/kad-dht'
import { runs } from '@tidegauge/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRecordTimes } from '../../src/codec/record-times.js'
import { createNode, nameOf, value } from '../support/nodes.js'

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

describe('the times of a stored record', () => {
  it('are read whatever other data the record has', () => {
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

  it('are read from records of Helia, with and without the old signature', async () => {
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

  it('throw only a RangeError when the record is cut short or is not a record', () => {
    const complete = stored(entryWith(new Date(0)), new Date(0))
    const mangled = fc.oneof(
      bytes,
      fc.nat(complete.length - 1).map((length) => complete.slice(0, length)),
      fc.tuple(fc.nat(complete.length - 1), fc.nat(255)).map(([at, byte]) => complete.with(at, byte)),
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

  it('are refused without data, without a time and for another validity type', () => {
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
})
