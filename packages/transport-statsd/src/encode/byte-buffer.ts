import { plainDecimal } from './digits.js'

/** `copy` moves four bytes at a time, so it may touch up to this many bytes after the end of its source and target. */
export const PADDING = 8

const MAX_INTEGER = 0x7fffffff
const MAX_INTEGER_DIGITS = 10

/** Text as UTF-8 with {@link PADDING} after it. `length` is the number of bytes without the padding. */
export function paddedBytes(text: string): { readonly view: DataView; readonly length: number } {
  const encoded = new TextEncoder().encode(text)
  const bytes = new Uint8Array(encoded.length + PADDING)
  bytes.set(encoded)
  return { view: new DataView(bytes.buffer), length: encoded.length }
}

/** A buffer that grows while bytes are written to its end. */
export class ByteBuffer {
  position = 0
  bytes: Uint8Array<ArrayBuffer>
  #view: DataView

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity + PADDING)
    this.#view = new DataView(this.bytes.buffer)
  }

  /** Copies bytes from a source that has {@link PADDING} after them. */
  copy(source: DataView, from: number, length: number): void {
    this.#reserve(length)
    const at = this.position
    for (let i = 0; i < length; i += 4) this.#view.setUint32(at + i, source.getUint32(from + i, true), true)
    this.position = at + length
  }

  /** Writes a finite number in decimal digits without an exponent. */
  number(value: number): void {
    if (value >= 0 && value <= MAX_INTEGER && (value | 0) === value) this.#integer(value)
    else this.#ascii(plainDecimal(value))
  }

  /** Removes everything before `from` and moves the rest to the start. */
  removeBefore(from: number): void {
    this.bytes.copyWithin(0, from, this.position)
    this.position -= from
  }

  #integer(value: number): void {
    this.#reserve(MAX_INTEGER_DIGITS)
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

  #reserve(length: number): void {
    const needed = this.position + length + PADDING
    if (needed <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2))
    grown.set(this.bytes.subarray(0, this.position))
    this.bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}
