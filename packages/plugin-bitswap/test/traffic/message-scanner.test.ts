import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MessageScanner } from '../../src/traffic/message-scanner.js'
import { countReceived } from '../../src/helia/traffic/received.js'
import { TrafficCounts } from '../../src/traffic/counts.js'
import { framed, varint } from '../support/bytes.js'
import { BitswapMessage, BlockPresenceType, WantType } from '../support/message.js'
import { runs } from '@tidegauge/testkit'

const bytes = (maxLength: number) => fc.uint8Array({ maxLength })
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

const entry = fc.record({
  cid: bytes(40),
  priority: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  cancel: maybe(fc.boolean()),
  wantType: maybe(fc.constantFrom(WantType.WantBlock, WantType.WantHave)),
  sendDontHave: maybe(fc.boolean()),
})

const message = fc.record({
  wantlist: maybe(fc.record({ entries: fc.array(entry), full: maybe(fc.boolean()) })),
  blocks: fc.array(fc.record({ prefix: bytes(6), data: bytes(300) })),
  blockPresences: fc.array(
    fc.record({
      cid: bytes(40),
      type: fc.constantFrom(BlockPresenceType.HaveBlock, BlockPresenceType.DoNotHaveBlock),
    }),
  ),
  pendingBytes: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
})

/** Cuts bytes at these positions, of which two may be equal. */
function cut(all: Uint8Array, positions: readonly number[]): Uint8Array[] {
  const at = positions.map((position) => position % (all.byteLength + 1)).sort((a, b) => a - b)
  return [0, ...at].map((from, i) => all.subarray(from, at[i] ?? all.byteLength))
}

function scan(chunks: readonly Uint8Array[]) {
  const counts = new TrafficCounts()
  const ends: number[] = []
  const scanner = new MessageScanner((parts, endsAt) => {
    counts.message(parts)
    ends.push(endsAt)
  })
  for (const chunk of chunks) scanner.read(chunk)
  return { counts, ends, scanner }
}

/** A field of Protocol Buffers that holds bytes. */
function field(number: number, payload: Uint8Array): Uint8Array {
  return Buffer.concat([varint(number * 8 + 2), varint(payload.byteLength), payload])
}

describe('the scanner', () => {
  it('counts what upstream’s encoder wrote, wherever the chunks are cut', () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 4 }),
        fc.array(fc.nat(), { maxLength: 30 }),
        (sent, positions) => {
          const expected = new TrafficCounts()
          const frames = sent.map((one) => {
            const encoded = BitswapMessage.encode(one)
            countReceived(BitswapMessage.decode(encoded), expected)
            return framed(encoded)
          })
          const { counts, ends, scanner } = scan(cut(Buffer.concat(frames), positions))
          expect(counts).toEqual(expected)
          expect(scanner.isBroken).toBe(false)
          expect(scanner.isInside).toBe(false)
          let at = 0
          expect(ends).toEqual(frames.map((frame) => (at += frame.byteLength)))
        },
      ),
      { numRuns: runs(1_000) },
    )
  })

  it('reads byte by byte with the same result', () => {
    fc.assert(
      fc.property(message, (one) => {
        const frame = framed(BitswapMessage.encode(one))
        expect(scan([...frame].map((byte) => Uint8Array.of(byte))).counts).toEqual(scan([frame]).counts)
      }),
      { numRuns: runs(200) },
    )
  })

  it('does not count an incomplete message, and is inside of it', () => {
    fc.assert(
      fc.property(message, fc.nat(), (one, position) => {
        const frame = framed(BitswapMessage.encode(one))
        const length = position % frame.byteLength
        const { counts, scanner } = scan([frame.subarray(0, length)])
        expect(counts).toEqual(new TrafficCounts())
        expect(scanner.isInside).toBe(length > 0)
      }),
      { numRuns: runs(300) },
    )
  })

  it('never throws, hangs or counts below zero, whatever it reads', () => {
    fc.assert(
      fc.property(fc.array(bytes(60)), (chunks) => {
        const { counts } = scan(chunks)
        for (const count of Object.values(counts)) expect(count).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: runs(2_000) },
    )
  })

  it('never throws on a message with a changed byte, and never counts more than its bytes could hold', () => {
    fc.assert(
      fc.property(message, fc.nat(), fc.nat(255), (one, position, byte) => {
        const frame = framed(BitswapMessage.encode(one))
        frame[position % frame.byteLength] = byte
        const { counts } = scan([frame])
        expect(counts.bytes).toBeLessThanOrEqual(frame.byteLength)
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('counts an empty message', () => {
    expect(scan([Uint8Array.of(0, 0)]).counts).toMatchObject({ messages: 2, blocks: 0, wants: 0 })
  })

  it('skips unknown fields of every wire type', () => {
    const payload = Buffer.concat([
      Buffer.from([9 * 8 + 1, 1, 2, 3, 4, 5, 6, 7, 8]), // fixed64
      Buffer.from([10 * 8 + 5, 1, 2, 3, 4]), // fixed32
      Buffer.from([0xf8, 0x07, 0xff, 0x01]), // field 127, varint
      field(99, Buffer.from('whatever')),
      field(3, Buffer.concat([field(7, Buffer.from('?')), field(2, Buffer.from('block'))])),
    ])
    expect(scan([framed(payload)]).counts).toMatchObject({ messages: 1, blocks: 1, bytes: 5 })
  })

  it.each([
    ['a field that reaches beyond its message', framed(Buffer.from([3 * 8 + 2, 100, 0]))],
    ['an entry that reaches beyond its wantlist', framed(field(1, Buffer.from([10, 4, 0])))],
    ['a group, which bitswap does not have', framed(Buffer.from([8 + 3]))],
    ['a field without a number', framed(Buffer.from([0, 0]))],
    ['a number of more than ten bytes', Buffer.alloc(12, 0xff)],
    ['a number that is cut by the end of its message', framed(Buffer.from([2 * 8, 0x80]))],
    ['a tag with nothing after it', framed(Buffer.from([2 * 8]))],
  ])('stops at %s', (_, frame) => {
    const { counts, scanner } = scan([frame, framed(BitswapMessage.encode({}))])
    expect(scanner.isBroken).toBe(true)
    expect(counts).toEqual(new TrafficCounts())
  })
})
