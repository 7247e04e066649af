import type { Instrument } from '../storage/instrument.js'
import { float64Column, uint32Column } from '../storage/column.js'

/**
 * Keeps a gauge at the speed of a counter, per second.
 *
 * The gauge shares the counter's table, so that a series costs no labels of its own. A series' first pass gives
 * 0: what a source counted before we looked has no known time.
 */
export class RateTracker {
  readonly #counter: Instrument
  readonly #rate: Instrument
  readonly #windowMs: number
  readonly #last = float64Column(1)
  readonly #seen = uint32Column()
  #atMs: number | undefined

  constructor(counter: Instrument, rate: Instrument, windowMs: number) {
    this.#counter = counter
    this.#rate = rate
    this.#windowMs = windowMs
    for (const column of [rate.cells, this.#last, this.#seen]) {
      if (counter.table.end > 0) column.reserve(counter.table.end - 1)
      counter.followers.push(column)
    }
  }

  /** Calculates the rates again when the window has passed. */
  update(nowMs: number): void {
    const sinceMs = this.#atMs === undefined ? 0 : nowMs - this.#atMs
    if (this.#atMs !== undefined && sinceMs < this.#windowMs) return
    this.#atMs = nowMs
    const { table, cells } = this.#counter
    for (let slot = 0; slot < table.end; slot++) {
      if (!table.isLive(slot)) continue
      const value = cells.get(slot)
      const known = this.#seen.get(slot) === 1 && sinceMs > 0
      this.#rate.cells.set(slot, known ? ((value - this.#last.get(slot)) * 1000) / sinceMs : 0)
      this.#last.set(slot, value)
      this.#seen.set(slot, 1)
    }
  }
}
