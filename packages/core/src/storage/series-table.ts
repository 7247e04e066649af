import type { CreationLog } from './creation-log.js'
import { float64Column } from './column.js'
import type { FrontCache } from './front-cache.js'
import type { LabelDropReason, LabelReader } from './label-reader.js'
import type { StringPool } from './string-pool.js'

/**
 * Which series there are: each a tuple of value ids, found through an open-addressing hash table of slots.
 *
 * `serial` holds the number that a slot's present series got when it came (see {@link CreationLog}), or 0 for a free slot. It tells
 * a reader which series came after it began, and whoever caches by slot that the slot was used again.
 */
export class SeriesTable {
  readonly readers: readonly LabelReader[]
  /** The ids of the values of slot `s` begin at `s` times the number of labels. Replaced when it grows. */
  ids: Int32Array
  readonly serial = float64Column(1)
  /** What finds label sets that were recorded before; undefined where nothing was kept, or is to be kept. */
  front: FrontCache | undefined
  /** Slots below this number have been used. */
  end = 0
  /** Live series. */
  size = 0
  readonly #pool: StringPool
  readonly #creations: CreationLog
  readonly #free: number[] = []
  readonly #width: number
  private readonly scratch: Int32Array
  private buckets = new Int32Array(16)

  constructor(pool: StringPool, creations: CreationLog, readers: readonly LabelReader[]) {
    this.#pool = pool
    this.#creations = creations
    this.readers = readers
    this.#width = readers.length
    this.ids = new Int32Array(8 * this.#width)
    this.scratch = new Int32Array(this.#width)
  }

  /** The slot of these labels, or -1. No allocation. */
  find(labels: Readonly<Record<string, unknown>>): number {
    const { readers, scratch } = this
    const width = readers.length
    let hash = width
    for (let i = 0; i < width; i++) {
      const reader = readers[i]
      const id = reader.find(labels[reader.name])
      if (id < 0) return -1
      scratch[i] = id
      hash = mix(hash, id)
    }
    return this.probe(hash)
  }

  /** The texts to keep these labels under, or why they are refused. */
  read(labels: Readonly<Record<string, unknown>>): string[] | LabelDropReason {
    const texts: string[] = []
    for (const reader of this.readers) {
      const result = reader.read(labels[reader.name])
      if ('dropReason' in result) return result.dropReason
      texts.push(result.text)
    }
    return texts
  }

  /** The slot of a series by the values it is kept under, or -1. */
  findTexts(texts: readonly string[]): number {
    for (let i = 0; i < this.#width; i++) {
      const id = this.#pool.find(texts[i])
      if (id === undefined) return -1
      this.scratch[i] = id
    }
    return this.probe(hashOf(this.scratch, 0, this.#width))
  }

  /** The slot of a series that may be new; -1 when the pool can hold no more values. */
  add(texts: readonly string[]): number {
    const scratch = this.scratch
    for (let i = 0; i < this.#width; i++) {
      const id = this.#pool.acquire(texts[i])
      if (id < 0) return this.#giveBack(i, -1)
      scratch[i] = id
    }
    const known = this.probe(hashOf(this.scratch, 0, this.#width))
    return known >= 0 ? this.#giveBack(this.#width, known) : this.#insert()
  }

  /** Frees a live slot. */
  remove(slot: number): void {
    this.front?.forget(slot)
    this.#unlink(slot)
    const at = slot * this.#width
    for (let i = 0; i < this.#width; i++) this.#pool.release(this.ids[at + i])
    this.serial.set(slot, 0)
    this.#free.push(slot)
    this.size--
  }

  isLive(slot: number): boolean {
    return this.serial.get(slot) !== 0
  }

  /** The values of a live series, in the order of the readers. */
  texts(slot: number): string[] {
    const at = slot * this.#width
    return this.readers.map((_, i) => this.#pool.text(this.ids[at + i]))
  }

  #giveBack(count: number, result: number): number {
    for (let i = 0; i < count; i++) this.#pool.release(this.scratch[i])
    return result
  }

  #insert(): number {
    const slot = this.#free.pop() ?? this.end++
    this.#reserve(slot)
    this.ids.set(this.scratch, slot * this.#width)
    this.serial.set(slot, this.#creations.next())
    this.size++
    if (this.size * 2 > this.buckets.length) this.#rehash()
    else this.#link(slot, hashOf(this.scratch, 0, this.#width))
    return slot
  }

  private probe(hash: number): number {
    const { buckets, ids, scratch } = this
    const mask = buckets.length - 1
    const width = scratch.length
    for (let i = hash & mask; ; i = (i + 1) & mask) {
      const slot = buckets[i] - 1
      if (slot < 0) return slot
      const at = slot * width
      let same = 0
      while (same < width && ids[at + same] === scratch[same]) same++
      if (same === width) return slot
    }
  }

  #reserve(slot: number): void {
    this.serial.reserve(slot)
    if ((slot + 1) * this.#width <= this.ids.length) return
    const ids = new Int32Array(this.ids.length * 2)
    ids.set(this.ids)
    this.ids = ids
  }

  #hashOfSlot(slot: number): number {
    return hashOf(this.ids, slot * this.#width, this.#width)
  }

  #link(slot: number, hash: number): void {
    const mask = this.buckets.length - 1
    let i = hash & mask
    while (this.buckets[i] !== 0) i = (i + 1) & mask
    this.buckets[i] = slot + 1
  }

  /** Linear probing without tombstones: what follows in the run moves up into the gap. */
  #unlink(slot: number): void {
    const buckets = this.buckets
    const mask = buckets.length - 1
    let gap = this.#hashOfSlot(slot) & mask
    while (buckets[gap] !== slot + 1) gap = (gap + 1) & mask
    for (let i = (gap + 1) & mask; buckets[i] !== 0; i = (i + 1) & mask) {
      const home = this.#hashOfSlot(buckets[i] - 1) & mask
      if (((i - home) & mask) < ((i - gap) & mask)) continue
      buckets[gap] = buckets[i]!
      gap = i
    }
    buckets[gap] = 0
  }

  #rehash(): void {
    this.buckets = new Int32Array(this.buckets.length * 2)
    for (let slot = 0; slot < this.end; slot++)
      if (this.isLive(slot)) this.#link(slot, this.#hashOfSlot(slot))
  }
}

function mix(hash: number, id: number): number {
  const mixed = Math.imul(hash ^ id, 0x9e3779b1)
  return mixed ^ (mixed >>> 15)
}

function hashOf(ids: Int32Array, from: number, count: number): number {
  let hash = count
  for (let i = from; i < from + count; i++) hash = mix(hash, ids[i])
  return hash
}
