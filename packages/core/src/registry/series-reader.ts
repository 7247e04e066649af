import type { CreationLog } from '../storage/creation-log.js'
import type { ExponentialBuckets } from '../storage/exponential.js'
import type { StoredExemplar } from '../storage/exemplar-store.js'
import type { Instrument } from '../storage/instrument.js'
import type { SlidingWindow } from '../storage/sliding-window.js'
import type { StringPool } from '../storage/string-pool.js'

/** What the parts of one reading share. */
export interface Reading {
  readonly pool: StringPool
  readonly creations: CreationLog
  /** Series with a later serial number were created after the reading began, and are left out. */
  readonly upTo: number
}

/**
 * Walks the live series of one part of a family without an object per series.
 *
 * After `next()` has returned true, the reader describes one series: read it at once, before any `await`, and the
 * series is whole (its sum, count and buckets agree). Between two calls of `next()` any time may pass: series that
 * are created in between are left out, those that are removed are not missed.
 *
 * There are two levels. The methods give label texts and numbers, and need no knowledge of the storage. Encoders
 * that must be as fast as the memory read the columns: `cells` from `at`, and `ids` from `idsAt` in the `pool`.
 */
export class SeriesReader {
  /** The series' slot. With `serial` it is a key for what a transport remembers between exports. */
  slot = -1
  /** Differs for every series that a slot ever held. */
  serial = 0
  /**
   * Second level: the page with the series' numbers, which begin at `at`. A histogram has the count of each bucket,
   * `+Inf` included, and then the sum; a state set one number per state; other kinds one number.
   */
  cells: Float64Array = new Float64Array(0)
  at = 0
  /** Second level: the ids of the series' label values in the pool, which begin at `idsAt`, one per label. */
  ids: Int32Array = new Int32Array(0)
  idsAt = 0
  /** Second level: the bytes and texts that the ids stand for. */
  readonly pool: StringPool
  readonly #instrument: Instrument
  readonly #reading: Reading
  readonly #upTo: number

  constructor(instrument: Instrument, reading: Reading) {
    this.pool = reading.pool
    this.#instrument = instrument
    this.#reading = reading
    this.#upTo = reading.upTo
  }

  /** Goes to the next series; false after the last. */
  next(): boolean {
    const { table, cells } = this.#instrument
    for (;;) {
      const slot = ++this.slot
      if (slot >= table.end) return false
      const serial = table.serial.get(slot)
      if (serial === 0 || serial > this.#upTo) continue
      this.serial = serial
      this.cells = cells.pageFor(slot)
      this.at = cells.indexOf(slot)
      this.ids = table.ids
      this.idsAt = slot * table.readers.length
      return true
    }
  }

  /** The text of the label with this index, as in the family's `labels`. */
  labelText(index: number): string {
    return this.pool.text(this.ids[this.idsAt + index])
  }

  /** All labels by name, the constant ones first. */
  labels(): Record<string, string> {
    const { instance, definition } = this.#instrument
    const own = definition.labels.map(({ name }, i) => [name, this.labelText(i)] as const)
    // not by assignment: a label may be called `__proto__`
    return Object.fromEntries([...Object.entries(instance.labels), ...own])
  }

  /** The number of a counter, up-down counter, gauge or info. */
  get value(): number {
    return this.cells[this.at]
  }

  /** The sum of a histogram, exponential histogram or summary. */
  get sum(): number {
    const { definition, states } = this.#instrument
    if (definition.kind === 'histogram') return this.cells[this.at + definition.bounds.length + 1]
    return (states[this.slot] as ExponentialBuckets | SlidingWindow).sum
  }

  /** How many values a histogram, exponential histogram or summary took. */
  get count(): number {
    const { definition, states } = this.#instrument
    if (definition.kind !== 'histogram')
      return (states[this.slot] as ExponentialBuckets | SlidingWindow).count
    let count = 0
    for (let i = 0; i <= definition.bounds.length; i++) count += this.cells[this.at + i]
    return count
  }

  /** How many values fell into one bucket of a histogram alone; `+Inf` has the index `bounds.length`. */
  bucketCount(index: number): number {
    return this.cells[this.at + index]
  }

  /** A summary's values at the family's quantiles, in their order; NaN where there is none. */
  quantileValues(): number[] {
    return (this.#instrument.states[this.slot] as SlidingWindow).quantiles(
      this.#instrument.definition.quantiles,
    )
  }

  /** Whether the state with this index is on, in a state set. */
  isOn(index: number): boolean {
    return this.cells[this.at + index] === 1
  }

  /** The buckets of an exponential histogram. */
  get exponential(): ExponentialBuckets {
    return this.#instrument.states[this.slot] as ExponentialBuckets
  }

  /** Whether any series of this part has an exemplar. */
  get hasExemplars(): boolean {
    return this.#instrument.exemplars.size > 0
  }

  /** The latest exemplar of a counter, or of one bucket of a histogram. */
  exemplar(bucket = 0): StoredExemplar | undefined {
    const { exemplars, definition } = this.#instrument
    return exemplars.at(this.slot * definition.cells + bucket)
  }

  /**
   * Since when the series counts, in milliseconds since the Unix epoch, to within a second. Undefined where it holds
   * counts from before, of a source or of a set of instruments: a time of attaching would make their whole past look
   * like growth.
   */
  get createdMs(): number | undefined {
    if (this.#instrument.hasEarlierCounts) return undefined
    return this.#reading.creations.timeOf(this.serial)
  }
}
