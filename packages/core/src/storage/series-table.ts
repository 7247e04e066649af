import { int32Column, uint32Column } from './column.js'
import type { LabelFault, LabelReader } from './label-reader.js'
import { pageOf, pageStart } from './paging.js'
import type { StringPool } from './string-pool.js'

/** Counts the series that a registry ever had, so that each gets a number of its own. */
export interface SerialCounter {
  last: number
}

/**
 * Which series there are: each a tuple of value ids, found through an open-addressing hash table of slots.
 *
 * `born` holds the serial number that a slot's present series got when it came, or 0 for a free slot. It tells
 * a reader which series came after it began, and whoever caches by slot that the slot was used again.
 */
export class SeriesTable {
  readonly readers: readonly LabelReader[]
  readonly ids
  readonly born = uint32Column()
  /** Slots below this number have been used. */
  end = 0
  /** Live series. */
  size = 0
  readonly #pool: StringPool
  readonly #serial: SerialCounter
  readonly #free: number[] = []
  readonly #width: number
  #scratch: Int32Array
  #buckets = new Int32Array(16)

  constructor(pool: StringPool, serial: SerialCounter, readers: readonly LabelReader[]) {
    this.#pool = pool
    this.#serial = serial
    this.readers = readers
    this.#width = readers.length
    this.ids = int32Column(this.#width)
    this.#scratch = new Int32Array(this.#width)
  }

  /** The slot of these labels, or -1. No allocation. */
  find(labels: Readonly<Record<string, unknown>>): number {
    const scratch = this.#scratch
    for (let i = 0; i < this.#width; i++) {
      const reader = this.readers[i]!
      const id = reader.find(labels[reader.name])
      if (id < 0) return -1
      scratch[i] = id
    }
    return this.#probe()
  }

  /** The texts to keep these labels under, or why they are refused. */
  read(labels: Readonly<Record<string, unknown>>): string[] | LabelFault {
    const texts: string[] = []
    for (const reader of this.readers) {
      const result = reader.read(labels[reader.name])
      if ('fault' in result) return result.fault
      texts.push(result.text)
    }
    return texts
  }

  /** The slot of a series by the values it is kept under, or -1. */
  findTexts(texts: readonly string[]): number {
    for (let i = 0; i < this.#width; i++) {
      const id = this.#pool.find(texts[i]!)
      if (id === undefined) return -1
      this.#scratch[i] = id
    }
    return this.#probe()
  }

  /** The slot of a series that may be new; -1 when the pool can hold no more values. */
  add(texts: readonly string[]): number {
    const scratch = this.#scratch
    for (let i = 0; i < this.#width; i++) {
      const id = this.#pool.acquire(texts[i]!)
      if (id < 0) return this.#giveBack(i, -1)
      scratch[i] = id
    }
    const known = this.#probe()
    return known >= 0 ? this.#giveBack(this.#width, known) : this.#insert()
  }

  /** Frees a live slot. */
  remove(slot: number): void {
    this.#unlink(slot)
    const page = this.ids.pageFor(slot)
    const at = this.ids.indexOf(slot)
    for (let i = 0; i < this.#width; i++) this.#pool.release(page[at + i]!)
    this.born.set(slot, 0)
    this.#free.push(slot)
    this.size--
  }

  isLive(slot: number): boolean {
    return this.born.get(slot) !== 0
  }

  /** The values of a live series, in the order of the readers. */
  texts(slot: number): string[] {
    const page = this.ids.pageFor(slot)
    const at = this.ids.indexOf(slot)
    return this.readers.map((_, i) => this.#pool.text(page[at + i]!))
  }

  #giveBack(count: number, result: number): number {
    for (let i = 0; i < count; i++) this.#pool.release(this.#scratch[i]!)
    return result
  }

  #insert(): number {
    const slot = this.#free.pop() ?? this.end++
    this.ids.reserve(slot)
    this.born.reserve(slot)
    this.ids.pageFor(slot).set(this.#scratch, this.ids.indexOf(slot))
    this.born.set(slot, ++this.#serial.last)
    this.size++
    if (this.size * 2 > this.#buckets.length) this.#rehash()
    else this.#link(slot, hashOf(this.#scratch, 0, this.#width))
    return slot
  }

  #probe(): number {
    const buckets = this.#buckets
    const mask = buckets.length - 1
    for (let i = hashOf(this.#scratch, 0, this.#width) & mask; ; i = (i + 1) & mask) {
      const slot = buckets[i]! - 1
      if (slot < 0 || this.#holdsScratch(slot)) return slot
    }
  }

  #holdsScratch(slot: number): boolean {
    const page = pageOf(slot)
    const ids = this.ids.pages[page]!
    const at = (slot - pageStart(page)) * this.#width
    for (let i = 0; i < this.#width; i++) if (ids[at + i] !== this.#scratch[i]) return false
    return true
  }

  #hashOfSlot(slot: number): number {
    return hashOf(this.ids.pageFor(slot), this.ids.indexOf(slot), this.#width)
  }

  #link(slot: number, hash: number): void {
    const mask = this.#buckets.length - 1
    let i = hash & mask
    while (this.#buckets[i] !== 0) i = (i + 1) & mask
    this.#buckets[i] = slot + 1
  }

  /** Linear probing without tombstones: what follows in the run moves up into the gap. */
  #unlink(slot: number): void {
    const buckets = this.#buckets
    const mask = buckets.length - 1
    let gap = this.#hashOfSlot(slot) & mask
    while (buckets[gap] !== slot + 1) gap = (gap + 1) & mask
    for (let i = (gap + 1) & mask; buckets[i] !== 0; i = (i + 1) & mask) {
      const home = this.#hashOfSlot(buckets[i]! - 1) & mask
      if (((i - home) & mask) < ((i - gap) & mask)) continue
      buckets[gap] = buckets[i]!
      gap = i
    }
    buckets[gap] = 0
  }

  #rehash(): void {
    this.#buckets = new Int32Array(this.#buckets.length * 2)
    for (let slot = 0; slot < this.end; slot++)
      if (this.isLive(slot)) this.#link(slot, this.#hashOfSlot(slot))
  }
}

function hashOf(ids: Int32Array, from: number, count: number): number {
  let hash = count
  for (let i = 0; i < count; i++) {
    hash = Math.imul(hash ^ ids[from + i]!, 0x9e3779b1)
    hash ^= hash >>> 15
  }
  return hash
}
