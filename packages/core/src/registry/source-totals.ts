import { float64Column } from '../storage/column.js'
import type { LabelFault } from '../storage/label-reader.js'
import type { SeriesTable } from '../storage/series-table.js'
import type { Instrument } from './instrument.js'

/** Sources of one instrument whose totals are remembered: about 10 MB. */
const MOST_SOURCES = 100_000

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

  /** The slot of these labels in the own table, or why they can't be read; -1 when there are too many. */
  slotFor(labels: Readonly<Record<string, unknown>>): number | LabelFault {
    const table = this.#table!
    const texts = textsOf(table, labels)
    if (typeof texts === 'string') return texts
    const known = table.findTexts(texts)
    if (known >= 0 || table.size >= MOST_SOURCES) return known
    const slot = table.add(texts)
    if (slot < 0) return -1
    this.#last.reserve(slot)
    this.#last.set(slot, 0)
    return slot
  }

  /** Forgets one source's total. */
  forget(labels: Readonly<Record<string, unknown>>): void {
    const table = this.#table
    const texts = table === undefined ? 'label_unknown' : textsOf(table, labels)
    const slot = typeof texts === 'string' ? -1 : table!.findTexts(texts)
    if (slot >= 0) table!.remove(slot)
  }

  clear(): void {
    const table = this.#table
    if (table === undefined) return
    for (let slot = 0; slot < table.end; slot++) if (table.isLive(slot)) table.remove(slot)
  }

  /** How far a total went since it was last told. A smaller one means that the source began again. */
  advance(slot: number, total: number): number {
    const last = this.#last.get(slot)
    this.#last.set(slot, total)
    return total >= last ? total - last : total
  }
}

function textsOf(table: SeriesTable, labels: Readonly<Record<string, unknown>>): string[] | LabelFault {
  try {
    return table.read(labels)
  } catch {
    return 'label_type'
  }
}
