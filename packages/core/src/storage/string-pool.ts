/** A `Map` throws beyond 2^24 entries; past this many values the pool takes no more. */
const MAX_VALUES = 16_000_000
/** Readers may copy whole words: so many bytes past the last value exist. */
const SLACK = 16
const MAX_BYTES_PER_UNIT = 3

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * The label values of a registry, each kept once: the string for looking up, its UTF-8 bytes for writing.
 *
 * Values are counted: one that no series holds any more is forgotten, and its bytes are reclaimed when half of
 * the arena is dead. Lone surrogates and NUL, which no wire format can carry, become U+FFFD.
 */
export class StringPool {
  /** The UTF-8 bytes of all values. Replaced when it grows: don't keep it over an `await`. */
  bytes: Uint8Array = new Uint8Array(1024)
  offsets = new Uint32Array(64)
  lengths = new Uint32Array(64)
  /** 1 where a value holds `"`, `\` or a line break, and so needs escaping in Prometheus's formats. */
  special = new Uint8Array(64)
  #references = new Uint32Array(64)
  readonly #ids = new Map<string, number>()
  readonly #free: number[] = []
  #count = 0
  #end = 0
  #dead = 0

  /** The id of a value that some series holds, or undefined. */
  find(text: string): number | undefined {
    return this.#ids.get(text)
  }

  /** The id of a value, new or not, with one reference more; -1 when the pool is full. */
  acquire(text: string): number {
    const id = this.#ids.get(text) ?? this.#add(sanitized(text))
    if (id >= 0) this.#references[id]++
    return id
  }

  /** Gives one reference back. */
  release(id: number): void {
    if (--this.#references[id] > 0) return
    this.#ids.delete(this.text(id))
    this.#free.push(id)
    this.#dead += this.lengths[id]
    if (this.#dead > 65_536 && this.#dead > this.#end / 2) this.#compact()
  }

  text(id: number): string {
    const from = this.offsets[id]
    return decoder.decode(this.bytes.subarray(from, from + this.lengths[id]))
  }

  /** How many values are held. */
  get size(): number {
    return this.#ids.size
  }

  #add(text: string): number {
    const known = this.#ids.get(text)
    if (known !== undefined) return known
    if (this.#ids.size >= MAX_VALUES) return -1
    this.#reserveBytes(text.length * MAX_BYTES_PER_UNIT)
    const id = this.#free.pop() ?? this.#nextId()
    const { written } = encoder.encodeInto(text, this.bytes.subarray(this.#end))
    this.offsets[id] = this.#end
    this.lengths[id] = written
    this.special[id] = /["\\\n]/.test(text) ? 1 : 0
    this.#references[id] = 0
    this.#end += written
    this.#ids.set(text, id)
    return id
  }

  #nextId(): number {
    const id = this.#count++
    if (id >= this.offsets.length) {
      this.offsets = grown(this.offsets, new Uint32Array(id * 2))
      this.lengths = grown(this.lengths, new Uint32Array(id * 2))
      this.special = grown(this.special, new Uint8Array(id * 2))
      this.#references = grown(this.#references, new Uint32Array(id * 2))
    }
    return id
  }

  #reserveBytes(max: number): void {
    const needed = this.#end + max + SLACK
    if (needed > this.bytes.length)
      this.bytes = grown(this.bytes, new Uint8Array(Math.max(needed, this.bytes.length * 2)))
  }

  #compact(): void {
    const packed = new Uint8Array(this.bytes.length)
    let end = 0
    for (let id = 0; id < this.#count; id++) {
      if (this.#references[id] === 0) continue
      const from = this.offsets[id]
      packed.set(this.bytes.subarray(from, from + this.lengths[id]), end)
      this.offsets[id] = end
      end += this.lengths[id]
    }
    this.bytes = packed
    this.#end = end
    this.#dead = 0
  }
}

/** The text as the pool keeps it: series are looked up under this form, or they would not be found again. */
export function sanitized(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed()
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '\uFFFD') : wellFormed
}

function grown<A extends Uint8Array | Uint32Array>(from: A, into: A): A {
  into.set(from)
  return into
}
