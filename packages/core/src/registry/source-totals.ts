import { float64Column } from '../storage/column.js'
import type { SeriesTable } from '../storage/series-table.js'
import type { Instrument } from './instrument.js'

/**
 * The totals that self-counting sources last told, so that `setTotal` adds what came since.
 *
 * Kept by the instrument's own slots, or, where a view merges series, by a table of the labels as callers give
 * them: two sources in one series must not be taken for one that jumps.
 */
export class SourceTotals {
  /** Whether the slots are of a table of its own. */
  readonly isOwn: boolean
  readonly #last = float64Column(1)
  readonly #table: SeriesTable | undefined

  constructor(instrument: Instrument, table?: SeriesTable) {
    this.isOwn = table !== undefined
    this.#table = table
    if (table === undefined) instrument.followers.push(this.#last)
    else this.#last.reserve(0)
  }

  /** The slot of these labels in the own table; -1 when they can't be read. */
  slotFor(labels: Readonly<Record<string, unknown>>): number {
    const table = this.#table!
    const known = table.find(labels)
    if (known >= 0) return known
    const texts = table.read(labels)
    if (typeof texts === 'string') return -1
    const slot = table.add(texts)
    if (slot >= 0) this.#last.reserve(slot)
    return slot
  }

  /** How far a total went since it was last told. A smaller one means that the source began again. */
  advance(slot: number, total: number): number {
    const last = this.#last.get(slot)
    this.#last.set(slot, total)
    return total >= last ? total - last : total
  }
}
