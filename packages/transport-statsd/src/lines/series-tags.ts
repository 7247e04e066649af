import { ByteBuffer, SLACK } from '../chunk/byte-buffer.js'

/** Less than this is not worth tidying up. */
const MIN_DEAD = 65_536

/**
 * The tags of each series of an instrument, as bytes by slot, written once in a series' life.
 *
 * A slot is used again for another series: `serial` tells (0 for none), and what the slot had is then dead. Dead bytes
 * are given back when they are the greater part.
 */
export class SeriesTags {
  #serial = new Float64Array(16)
  #at = new Uint32Array(16)
  #lengths = new Uint32Array(16)
  #bytes = new ByteBuffer(1_024)
  #view: DataView = new DataView(this.#bytes.bytes.buffer)
  #dead = 0
  /** Slots with tags, also of series that are gone. */
  size = 0

  /** Whether the tags of this series are here. */
  has(slot: number, serial: number): boolean {
    return slot < this.#serial.length && this.#serial[slot] === serial
  }

  set(slot: number, serial: number, text: string): void {
    this.#reserve(slot)
    this.forget(slot)
    this.size++
    const encoded = new TextEncoder().encode(`${text}${'\0'.repeat(SLACK)}`)
    const length = encoded.length - SLACK
    this.#serial[slot] = serial
    this.#at[slot] = this.#bytes.position
    this.#lengths[slot] = length
    this.#bytes.copy(new DataView(encoded.buffer, encoded.byteOffset), 0, length)
    this.#view = new DataView(this.#bytes.bytes.buffer)
    this.tidy()
  }

  /** The series in the slot is gone, if there was one. */
  forget(slot: number): void {
    if (slot >= this.#serial.length || this.#serial[slot] === 0) return
    this.#serial[slot] = 0
    this.#dead += this.#lengths[slot]
    this.size--
  }

  /** Bytes of memory that the texts take, with those that are dead and those to come. */
  get room(): number {
    return this.#bytes.bytes.length
  }

  lengthOf(slot: number): number {
    return this.#lengths[slot]
  }

  write(slot: number, into: ByteBuffer): void {
    into.copy(this.#view, this.#at[slot], this.#lengths[slot])
  }

  /** Gives dead bytes back, if there are many. */
  tidy(): void {
    if (this.#dead <= MIN_DEAD || this.#dead <= this.#bytes.position / 2) return
    const view = this.#view
    const tidy = new ByteBuffer(this.#bytes.position - this.#dead)
    for (let slot = 0; slot < this.#serial.length; slot++) {
      if (this.#serial[slot] === 0) continue
      const at = tidy.position
      tidy.copy(view, this.#at[slot], this.#lengths[slot])
      this.#at[slot] = at
    }
    this.#bytes = tidy
    this.#view = new DataView(tidy.bytes.buffer)
    this.#dead = 0
  }

  #reserve(slot: number): void {
    if (slot < this.#serial.length) return
    const length = Math.max(slot + 1, this.#serial.length * 2)
    const serial = new Float64Array(length)
    serial.set(this.#serial)
    this.#serial = serial
    this.#at = grown(this.#at, length)
    this.#lengths = grown(this.#lengths, length)
  }
}

function grown(from: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const into = new Uint32Array(length)
  into.set(from)
  return into
}
