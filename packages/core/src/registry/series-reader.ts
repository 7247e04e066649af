import type { ExponentialBuckets } from '../storage/exponential.js'
import type { SlidingWindow } from '../storage/sliding-window.js'
import type { Instrument } from '../storage/instrument.js'

/**
 * Walks the live series of one instrument without an object per series.
 *
 * After `next()` has returned true, the public fields describe one series: read them at once, before any
 * `await`, and the series is whole (its sum, count and buckets agree). Between two calls of `next()` any time
 * may pass: series that come in between are left out, those that go are not missed.
 */
export class SeriesReader {
  readonly instrument: Instrument
  /** The series' slot. With `serial` it is a key for what a transport remembers between exports. */
  slot = -1
  /** Differs for every series that a slot ever held. */
  serial = 0
  /** The page with the series' numbers, which begin at `at`. */
  cells: Float64Array = new Float64Array(0)
  at = 0
  /** Holds the ids of the series' label values in the registry's pool, which begin at `idsAt`. */
  ids: Int32Array = new Int32Array(0)
  idsAt = 0
  readonly #upTo: number

  constructor(instrument: Instrument, upTo: number) {
    this.instrument = instrument
    this.#upTo = upTo
  }

  next(): boolean {
    const { table, cells } = this.instrument
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

  /** The number of a kind that has one. */
  get value(): number {
    return this.cells[this.at]
  }

  /** The buckets of an exponential histogram. */
  get exponential(): ExponentialBuckets {
    return this.instrument.states[this.slot] as ExponentialBuckets
  }

  /** The window of a summary. */
  get window(): SlidingWindow {
    return this.instrument.states[this.slot] as SlidingWindow
  }
}
