import { ByteWriter } from '../byte-writer.js'

/** Bytes that are reserved for a message's length: enough for 2^28 bytes. */
const LENGTH_BYTES = 4
/** The largest double below 2^64. */
const MAX_VARINT = 2 ** 64 - 2 ** 11

/**
 * Writes Protocol Buffers' wire format.
 *
 * Source: protobuf.dev, "Encoding". Only what the metrics messages need: varints, zigzag, doubles, bytes.
 */
export class ProtoWriter extends ByteWriter {
  /** Writes an unsigned integer, exact up to 2^53. Any other number becomes the nearest that 64 bits can hold. */
  varint(value: number): void {
    let rest = value >= 0 && value < MAX_VARINT ? value : value < 0 ? 0 : MAX_VARINT
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80)
      rest = Math.floor(rest / 0x80)
    }
    this.byte(rest)
  }

  /** Writes a field of a double. */
  doubleField(field: number, value: number): void {
    this.varint(field)
    this.float64(value)
  }

  /** Writes a field of an unsigned integer. */
  varintField(field: number, value: number): void {
    this.varint(field)
    this.varint(value)
  }

  /** Writes a field of text. */
  textField(field: number, text: string): void {
    this.varint(field)
    const at = this.startField()
    this.text(text)
    this.endField(at)
  }

  /** Starts a field that has its length before it. Returns its position, which {@link endField} takes. */
  startField(): number {
    const at = this.position
    for (let i = 0; i < LENGTH_BYTES; i++) this.byte(0)
    return at
  }

  /** Writes the field's length, and moves its bytes when the length needs less than the reserved bytes. */
  endField(at: number): void {
    const end = this.position
    const length = end - at - LENGTH_BYTES
    this.position = at
    this.varint(length)
    this.closeGap(at + LENGTH_BYTES, end)
  }
}

/** How many bytes a varint takes. */
export function varintLength(value: number): number {
  let length = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++
  return length
}

/** A signed integer in the encoding of `sint32` and `sint64`. */
export function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}

/** The tag of a field. */
export function tag(field: number, wireType: 'varint' | 'double' | 'bytes'): number {
  return field * 8 + (wireType === 'varint' ? 0 : wireType === 'double' ? 1 : 2)
}
