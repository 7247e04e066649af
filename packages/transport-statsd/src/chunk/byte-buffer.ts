import { plainDecimal } from './digits.js'

/** So many bytes past the end of a source, and of the text so far, may be touched when bytes are copied. */
export const SLACK = 8

const DIGITS_MOST = 24

/** Text as bytes that {@link ByteBuffer} can copy. */
export function bytesWithSlack(text: string): { readonly view: DataView; readonly length: number } {
  const encoded = new TextEncoder().encode(text)
  const bytes = new Uint8Array(encoded.length + SLACK)
  bytes.set(encoded)
  return { view: new DataView(bytes.buffer), length: encoded.length }
}

/** Bytes that are written one after the other into a buffer that grows. */
export class ByteBuffer {
  position = 0
  bytes: Uint8Array<ArrayBuffer>
  #view: DataView

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity + SLACK)
    this.#view = new DataView(this.bytes.buffer)
  }

  /** Copies from a source that has {@link SLACK} behind it. */
  copy(source: DataView, from: number, length: number): void {
    this.#reserve(length)
    const at = this.position
    for (let i = 0; i < length; i += 4) this.#view.setUint32(at + i, source.getUint32(from + i, true), true)
    this.position = at + length
  }

  /** A finite number in plain decimal digits. */
  number(value: number): void {
    this.#reserve(DIGITS_MOST)
    if (value >= 0 && value <= 0x7fffffff && (value | 0) === value) this.#integer(value)
    else this.#ascii(plainDecimal(value))
  }

  /** Moves what was written from `from` on to the beginning. */
  keepFrom(from: number): void {
    this.bytes.copyWithin(0, from, this.position)
    this.position -= from
  }

  #integer(value: number): void {
    let digits = 1
    for (let rest = value; rest > 9; rest = (rest / 10) | 0) digits++
    let at = (this.position += digits)
    let rest = value
    do {
      const next = (rest / 10) | 0
      this.bytes[--at] = 48 + rest - next * 10
      rest = next
    } while (rest > 0)
  }

  #ascii(text: string): void {
    this.#reserve(text.length)
    for (let i = 0; i < text.length; i++) this.bytes[this.position++] = text.charCodeAt(i)
  }

  #reserve(more: number): void {
    const needed = this.position + more + SLACK
    if (needed <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2))
    grown.set(this.bytes.subarray(0, this.position))
    this.bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}
