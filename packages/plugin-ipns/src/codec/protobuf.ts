/** The fields of a message that a caller can use. */
export interface ProtobufFields {
  /** Length-delimited fields by number; the last one counts, as in proto3. */
  readonly bytes: ReadonlyMap<number, Uint8Array>
  /** Varint fields by number. Exact up to 2^53. */
  readonly numbers: ReadonlyMap<number, number>
}

/**
 * Reads the fields of one protobuf message, without their meaning. Throws `RangeError` for anything else.
 * Source: the Protocol Buffers documentation, "Encoding".
 */
export function readProtobuf(message: Uint8Array): ProtobufFields {
  const bytes = new Map<number, Uint8Array>()
  const numbers = new Map<number, number>()
  let position = 0
  const varint = (): number => {
    let value = 0
    for (let scale = 1; position < message.length && scale < 2 ** 70; scale *= 128) {
      const byte = message[position++]
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
    throw new RangeError('a number that does not end')
  }
  const take = (length: number): Uint8Array => {
    if (length > message.length - position) throw new RangeError('a field that is longer than its message')
    position += length
    return message.subarray(position - length, position)
  }
  while (position < message.length) {
    const tag = varint()
    const field = Math.floor(tag / 8)
    const wireType = tag % 8
    if (wireType === 0) numbers.set(field, varint())
    else if (wireType === 1) take(8)
    else if (wireType === 2) bytes.set(field, take(varint()))
    else if (wireType === 5) take(4)
    else throw new RangeError(`wire type ${wireType}`)
  }
  return { bytes, numbers }
}
