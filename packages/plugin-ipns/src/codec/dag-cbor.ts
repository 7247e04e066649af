const utf8 = new TextDecoder()

/** A byte string or a whole number of a map; undefined for a value of another type. */
export type CborValue = Uint8Array | number | undefined

/**
 * Reads the top level of a DAG-CBOR map: byte strings and whole numbers by their keys. Throws `RangeError` for anything
 * else.
 * Source: RFC 8949 section 3 (the encoding), DAG-CBOR specification "Strictness" (definite lengths only).
 */
export function readCborMap(encoded: Uint8Array): Map<string, CborValue> {
  const reader = new Reader(encoded)
  const map = new Map<string, CborValue>()
  const { major, argument } = reader.head()
  if (major !== 5) throw new RangeError('not a map')
  for (let i = 0; i < argument; i++) {
    const key = reader.head()
    if (key.major !== 3) throw new RangeError('a key is not text')
    map.set(utf8.decode(reader.take(key.argument)), reader.value())
  }
  return map
}

interface Head {
  readonly major: number
  readonly argument: number
}

class Reader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Reads the major type and its argument: a number, a length or a count. Exact up to 2^53. */
  head(): Head {
    const first = this.take(1)[0]
    const major = first >> 5
    const info = first & 31
    if (info < 24) return { major, argument: info }
    if (info > 27) throw new RangeError('an indefinite length')
    const size = 2 ** (info - 24)
    const at = this.#at
    this.take(size)
    if (size === 1) return { major, argument: this.#view.getUint8(at) }
    if (size === 2) return { major, argument: this.#view.getUint16(at) }
    if (size === 4) return { major, argument: this.#view.getUint32(at) }
    return { major, argument: Number(this.#view.getBigUint64(at)) }
  }

  take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw new RangeError('the data ends too early')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  /** Reads one value with everything in it. Without recursion, so that deep nesting cannot exhaust the stack. */
  value(): CborValue {
    let first: CborValue
    for (let left = 1, isFirst = true; left > 0; left--, isFirst = false) {
      const { major, argument } = this.head()
      if (major === 0 && isFirst) first = argument
      if (major === 2 || major === 3) {
        const bytes = this.take(argument)
        if (major === 2 && isFirst) first = bytes
      }
      // the items of a list, the keys and values of a map, the content of a tag
      if (major === 4) left += argument
      if (major === 5) left += argument * 2
      if (major === 6) left += 1
    }
    return first
  }
}
