import { ByteBuffer, PADDING } from './byte-buffer.js'
import type { TagBytes } from './line-template.js'

/** With fewer unused bytes than this, nothing is moved. */
const MIN_UNUSED_BYTES = 65_536

/**
 * The tags of the series of one family part, as bytes by slot. They are written once per series.
 *
 * A slot may be used again by another series, which has another serial number (0: none). The bytes of the series
 * before it are then unused; they are released when they are the greater part.
 */
export class SeriesTags {
  #serials = new Float64Array(16)
  #at = new Uint32Array(16)
  #lengths = new Uint32Array(16)
  #bytes = new ByteBuffer(1_024)
  #view: DataView = new DataView(this.#bytes.bytes.buffer)
  #unusedBytes = 0
  /** Slots with tags, including those of series that were removed. */
  size = 0

  /** Whether the tags of this series are here. */
  has(slot: number, serial: number): boolean {
    return slot < this.#serials.length && this.#serials[slot] === serial
  }

  /** Adds the tags of a series, in place of those of the slot's last one. */
  set(slot: number, serial: number, text: string): void {
    this.#reserve(slot)
    this.forget(slot)
    this.size++
    const encoded = new TextEncoder().encode(`${text}${'\0'.repeat(PADDING)}`)
    const length = encoded.length - PADDING
    this.#serials[slot] = serial
    this.#at[slot] = this.#bytes.position
    this.#lengths[slot] = length
    this.#bytes.copy(new DataView(encoded.buffer, encoded.byteOffset), 0, length)
    this.#view = new DataView(this.#bytes.bytes.buffer)
    this.compact()
  }

  /** Sets `into` to the bytes of the slot's series. */
  read(slot: number, into: TagBytes): void {
    into.view = this.#view
    into.at = this.#at[slot]
    into.length = this.#lengths[slot]
  }

  /** Removes the slot's series, if it has one. */
  forget(slot: number): void {
    if (slot >= this.#serials.length || this.#serials[slot] === 0) return
    this.#serials[slot] = 0
    this.#unusedBytes += this.#lengths[slot]
    this.size--
  }

  /** Bytes of memory that the texts take, including unused ones. */
  get allocatedBytes(): number {
    return this.#bytes.bytes.length
  }

  /** Releases unused bytes if there are many. */
  compact(): void {
    if (this.#unusedBytes <= MIN_UNUSED_BYTES || this.#unusedBytes <= this.#bytes.position / 2) return
    const compacted = new ByteBuffer(this.#bytes.position - this.#unusedBytes)
    for (let slot = 0; slot < this.#serials.length; slot++) {
      if (this.#serials[slot] === 0) continue
      const at = compacted.position
      compacted.copy(this.#view, this.#at[slot], this.#lengths[slot])
      this.#at[slot] = at
    }
    this.#bytes = compacted
    this.#view = new DataView(compacted.bytes.buffer)
    this.#unusedBytes = 0
  }

  #reserve(slot: number): void {
    if (slot < this.#serials.length) return
    const length = Math.max(slot + 1, this.#serials.length * 2)
    const serials = new Float64Array(length)
    serials.set(this.#serials)
    this.#serials = serials
    this.#at = grown(this.#at, length)
    this.#lengths = grown(this.#lengths, length)
  }
}

function grown(from: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const into = new Uint32Array(length)
  into.set(from)
  return into
}
