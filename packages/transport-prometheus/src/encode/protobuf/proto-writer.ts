import { ByteWriter } from '../byte-writer.js'

/** Room that is kept before a message for its length: enough for 2^28 bytes. */
const LENGTH_ROOM = 4

/**
 * Writes Protocol Buffers' wire format.
 *
 * Source: protobuf.dev, "Encoding". Only what the metrics messages need: varints, zigzag, doubles, bytes.
 */
export class ProtoWriter extends ByteWriter {
  /** An unsigned integer below 2^53. */
  varint(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80)
      rest = Math.floor(rest / 0x80)
    }
    this.byte(rest)
  }

  /** A field of a double. */
  doubleField(field: number, value: number): void {
    this.varint(field)
    this.float64(value)
  }

  /** A field of an unsigned integer. */
  varintField(field: number, value: number): void {
    this.varint(field)
    this.varint(value)
  }

  /** A field of text. */
  textField(field: number, text: string): void {
    this.varint(field)
    const at = this.begin()
    this.text(text)
    this.end(at)
  }

  /** Begins something whose length is written before it; give what this returns to {@link end}. */
  begin(): number {
    const at = this.position
    for (let i = 0; i < LENGTH_ROOM; i++) this.byte(0)
    return at
  }

  /** Writes the length and closes the gap that a short one leaves. */
  end(at: number): void {
    const end = this.position
    const length = end - at - LENGTH_ROOM
    this.position = at
    this.varint(length)
    this.closeGap(at + LENGTH_ROOM, end)
  }
}

/** How many bytes a varint takes. */
export function varintLength(value: number): number {
  let length = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++
  return length
}

/** A signed integer as `sint32` and `sint64` have it. */
export function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}

/** The tag of a field. */
export function tag(field: number, wireType: 'varint' | 'double' | 'bytes'): number {
  return field * 8 + (wireType === 'varint' ? 0 : wireType === 'double' ? 1 : 2)
}
