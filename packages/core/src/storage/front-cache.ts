import { NO_KEY, type SeriesPlace } from './series-place.js'

/** How many places a cache holds, which then needs about 600 kB, and how many series a family with a cache has. */
export const MAX_CACHED = 4_096

/** Keys stay small integers in every build of V8. */
const MAX_KEY_BITS = 30
const FIRST_BITS = 4
const FIRST_LENGTH = 16
/** 2^32 over the golden ratio: keys of labels with few values hardly ever collide (Knuth, section 6.4). */
const MULTIPLIER = 0x9e3779b1
/** Steps of a look-up. Values could be chosen so that all keys collide. */
const MAX_STEPS = 64

type Labels = Readonly<Record<string, unknown>>

/** The values of one label, each with a number in the bits of the key that are the label's own. */
interface NumberedValues {
  readonly name: string
  readonly numbers: Map<unknown, number>
  readonly bits: number
  readonly shift: number
}

/**
 * Finds the places of label sets by the values that callers give, in front of the table that finds them by their texts.
 *
 * Each label has a map from values to numbers; the numbers of a label set together are its key in a hash table with
 * open addressing. No value is transformed, checked or compared with a list: equal values stand for equal texts.
 */
export class FrontCache {
  readonly #labels: readonly NumberedValues[]
  readonly #width: number
  // fields instead of a loop for the first three labels: V8 reads a property faster where it meets few names
  readonly #firstName: string
  readonly #secondName: string
  readonly #thirdName: string
  readonly #first: Map<unknown, number>
  readonly #second: Map<unknown, number>
  readonly #third: Map<unknown, number>
  #places: (SeriesPlace | undefined)[] = emptyPlaces(FIRST_LENGTH)
  #shift = 32 - Math.log2(FIRST_LENGTH)
  /** Taken elements of the table, also by places of series that are gone. */
  #used = 0
  readonly #bySlot: (SeriesPlace | undefined)[] = []

  /** For at least one label. `bits` says how many each label has in a key. */
  constructor(names: readonly string[], bits: readonly number[] = firstBits(names.length)) {
    let shift = 0
    this.#labels = names.map((name, i) => {
      const label = { name, numbers: new Map<unknown, number>(), bits: bits[i], shift }
      shift += bits[i]
      return label
    })
    this.#width = names.length
    const [first, second = first, third = first] = this.#labels
    this.#firstName = first.name
    this.#secondName = second.name
    this.#thirdName = third.name
    this.#first = first.numbers
    this.#second = second.numbers
    this.#third = third.numbers
  }

  /** Reads each label once. No allocation; throws what a getter or a proxy of the caller's throws. */
  find(labels: Labels): SeriesPlace | undefined {
    const width = this.#width
    let key = this.#first.get(labels[this.#firstName])
    if (key === undefined) return undefined
    if (width > 1) {
      const number = this.#second.get(labels[this.#secondName])
      if (number === undefined) return undefined
      key |= number
    }
    if (width > 2) {
      const number = this.#third.get(labels[this.#thirdName])
      if (number === undefined) return undefined
      key |= number
    }
    return width > 3 ? this.#findByMore(key, labels) : this.#at(key)
  }

  /**
   * Keeps the place of labels that it does not hold yet. Their values are strings, numbers and booleans, and are read
   * several times. Returns the cache to use from now on; undefined when there is no room for all.
   */
  add(labels: Labels, place: SeriesPlace): FrontCache | undefined {
    const full = this.#labels.find((label) => isOutOfNumbers(label, labels[label.name]))
    if (full !== undefined) return this.#renumbered(full)?.add(labels, place)
    if (this.#used * 2 >= this.#places.length && !this.#rehash()) return undefined
    place.key = this.#keyFor(labels)
    place.next = this.#bySlot[place.slot]
    this.#bySlot[place.slot] = place
    return this.#insert(place) ? this : undefined
  }

  /** The series of this slot is gone. */
  forget(slot: number): void {
    for (let place = this.#bySlot[slot]; place !== undefined; place = place.next) place.key = NO_KEY
    if (slot < this.#bySlot.length) this.#bySlot[slot] = undefined
  }

  #findByMore(firstKey: number, labels: Labels): SeriesPlace | undefined {
    let key = firstKey
    for (let i = 3; i < this.#width; i++) {
      const { name, numbers } = this.#labels[i]
      const number = numbers.get(labels[name])
      if (number === undefined) return undefined
      key |= number
    }
    return this.#at(key)
  }

  #at(key: number): SeriesPlace | undefined {
    const places = this.#places
    let i = Math.imul(key, MULTIPLIER) >>> this.#shift
    for (;;) {
      const place = places[i]
      if (place === undefined || place.key === key) return place
      i = (i + 1) & (places.length - 1)
    }
  }

  #insert(place: SeriesPlace): boolean {
    const places = this.#places
    let i = Math.imul(place.key, MULTIPLIER) >>> this.#shift
    for (let steps = 1; places[i] !== undefined; steps++) {
      if (steps === MAX_STEPS) return false
      i = (i + 1) & (places.length - 1)
    }
    places[i] = place
    this.#used++
    return true
  }

  #keyFor(labels: Labels): number {
    let key = 0
    for (const { name, numbers, shift } of this.#labels) {
      const value = labels[name]
      if (!numbers.has(value)) numbers.set(value, numbers.size << shift)
      key |= numbers.get(value)!
    }
    return key
  }

  /**
   * Makes room, without the places of series that are gone. False past half of the bound: such a cache is used up when
   * it is full, for it would soon be full again.
   */
  #rehash(): boolean {
    const present = this.#present()
    if (present.length * 2 > MAX_CACHED) return false
    // at most half of the table is ever used, which is the whole bound in the longest
    const length = Math.max(FIRST_LENGTH, 2 ** Math.ceil(Math.log2(present.length * 3)))
    this.#places = emptyPlaces(length)
    this.#shift = 32 - Math.log2(length)
    this.#used = 0
    return present.every((place) => this.#insert(place))
  }

  /** An empty cache. The label that ran out of numbers has twice as many there if it uses at least half of its own. */
  #renumbered(full: NumberedValues): FrontCache | undefined {
    const mask = ((1 << full.bits) - 1) << full.shift
    const inUse = new Set(this.#present().map(({ key }) => key & mask))
    const more = inUse.size * 2 >= full.numbers.size ? 1 : 0
    const bits = this.#labels.map((label) => label.bits + (label === full ? more : 0))
    const isTooLong = bits.reduce((sum, each) => sum + each, 0) > MAX_KEY_BITS
    return isTooLong
      ? undefined
      : new FrontCache(
          this.#labels.map(({ name }) => name),
          bits,
        )
  }

  #present(): SeriesPlace[] {
    return this.#places.filter((place) => place !== undefined && place.key !== NO_KEY) as SeriesPlace[]
  }
}

function firstBits(width: number): number[] {
  return Array<number>(width).fill(Math.min(FIRST_BITS, Math.floor(MAX_KEY_BITS / width)))
}

function isOutOfNumbers({ numbers, bits }: NumberedValues, value: unknown): boolean {
  return numbers.size >= 1 << bits && !numbers.has(value)
}

function emptyPlaces(length: number): (SeriesPlace | undefined)[] {
  return Array.from({ length })
}
