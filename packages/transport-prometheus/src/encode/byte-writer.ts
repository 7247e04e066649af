const SLACK = 64
const TWO_DIGITS = Uint8Array.from(
  { length: 200 },
  (_, i) => 48 + (i % 2 === 0 ? Math.floor(i / 20) : (i >> 1) % 10),
)
const MAX_INTEGER = Number.MAX_SAFE_INTEGER
/** Numbers with up to so many decimals are written digit by digit; `String()` formats the others. */
const DECIMALS = 6
const DECIMAL_FACTOR = 1e6
/** With up to fifteen digits, a decimal is the shortest one for the double that it reads back as. */
const MAX_SCALED = 1e15

const encoder = new TextEncoder()

/**
 * Writes bytes, text and numbers into a buffer, which grows when it is full.
 *
 * `copy` copies four bytes at a time. It may read up to three bytes past the end of a source, so a source must have
 * that slack.
 */
export class ByteWriter {
  position = 0
  #buffer: Uint8Array<ArrayBuffer>
  #view: DataView

  constructor(buffer: Uint8Array<ArrayBuffer>) {
    this.#buffer = buffer
    this.#view = new DataView(buffer.buffer)
  }

  /** Continues at the start of another buffer. */
  setBuffer(buffer: Uint8Array<ArrayBuffer>): void {
    this.#buffer = buffer
    this.#view = new DataView(buffer.buffer)
    this.position = 0
  }

  /** What was written to the present buffer. Not a copy. */
  get written(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(0, this.position)
  }

  /** Copies bytes from a source that has slack after them. */
  copy(source: DataView, from: number, length: number): void {
    if (this.position + length + SLACK > this.#buffer.length) this.#grow(length)
    const view = this.#view
    const at = this.position
    for (let i = 0; i < length; i += 4) view.setUint32(at + i, source.getUint32(from + i, true), true)
    this.position = at + length
  }

  /** Writes one byte. */
  byte(value: number): void {
    if (this.position + SLACK > this.#buffer.length) this.#grow(1)
    this.#buffer[this.position++] = value
  }

  /** Writes a double in eight bytes, little-endian. */
  protected float64(value: number): void {
    if (this.position + SLACK > this.#buffer.length) this.#grow(8)
    this.#view.setFloat64(this.position, value, true)
    this.position += 8
  }

  /** Writes text in UTF-8. */
  text(text: string): void {
    const maxBytes = text.length * 3
    if (this.position + maxBytes + SLACK > this.#buffer.length) this.#grow(maxBytes)
    this.position += encoder.encodeInto(text, this.#buffer.subarray(this.position)).written
  }

  /** Writes a number as in Prometheus's formats: shortest decimal, `NaN`, `+Inf`, `-Inf`. */
  number(value: number): void {
    if (this.position + SLACK > this.#buffer.length) this.#grow(SLACK)
    if (value >= 0 && value <= MAX_INTEGER && Math.floor(value) === value && !Object.is(value, -0))
      this.#integer(value)
    else this.#otherNumber(value)
  }

  /** Moves the bytes from `from` to `end` back to the position, and continues after them. */
  protected closeGap(from: number, end: number): void {
    if (from !== this.position) this.#buffer.copyWithin(this.position, from, end)
    this.position += end - from
  }

  #otherNumber(value: number): void {
    const magnitude = Math.abs(value)
    const scaled = Math.round(magnitude * DECIMAL_FACTOR)
    if (scaled > 0 && scaled < MAX_SCALED && scaled / DECIMAL_FACTOR === magnitude)
      this.#decimal(value < 0, scaled)
    else this.#ascii(formatNumber(value))
  }

  /** Writes `scaled` millionths. The caller has checked that they are equal to the double. */
  #decimal(isNegative: boolean, scaled: number): void {
    if (isNegative) this.#buffer[this.position++] = 45
    const integer = Math.floor(scaled / DECIMAL_FACTOR)
    this.#integer(integer)
    let rest = scaled - integer * DECIMAL_FACTOR
    if (rest === 0) return
    this.#buffer[this.position++] = 46
    let digits = DECIMALS
    while (rest % 10 === 0) {
      rest /= 10
      digits--
    }
    this.#padded(rest, digits)
  }

  #ascii(text: string): void {
    const buffer = this.#buffer
    for (let i = 0; i < text.length; i++) buffer[this.position++] = text.charCodeAt(i)
  }

  #integer(value: number): void {
    if (value >= 1e9) {
      const high = Math.floor(value / 1e9)
      this.#integer(high)
      this.#padded(value - high * 1e9, 9)
      return
    }
    this.#padded(value, digitsOf(value))
  }

  /** Writes the last `digits` digits of a number below 10^9. */
  #padded(value: number, digits: number): void {
    const buffer = this.#buffer
    let at = this.position + digits
    this.position = at
    let rest = value | 0
    for (; digits > 1; digits -= 2) {
      const next = (rest / 100) | 0
      const pair = (rest - next * 100) << 1
      buffer[--at] = TWO_DIGITS[pair + 1]!
      buffer[--at] = TWO_DIGITS[pair]!
      rest = next
    }
    if (digits === 1) buffer[--at] = 48 + (rest % 10)
  }

  #grow(minBytes: number): void {
    const buffer = new Uint8Array(Math.max(this.#buffer.length * 2, this.position + minBytes + SLACK))
    buffer.set(this.written)
    this.#buffer = buffer
    this.#view = new DataView(buffer.buffer)
  }
}

/** A number as text, as in Prometheus's formats: shortest decimal, `NaN`, `+Inf`, `-Inf`. */
export function formatNumber(value: number): string {
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  return Object.is(value, -0) ? '-0' : String(value)
}

function digitsOf(value: number): number {
  if (value < 1e4) return value < 1e2 ? (value < 10 ? 1 : 2) : value < 1e3 ? 3 : 4
  if (value < 1e6) return value < 1e5 ? 5 : 6
  return value < 1e8 ? (value < 1e7 ? 7 : 8) : 9
}
