import type { ExponentialTotals } from '../../definition/handles.js'
import { float64Column, type Column } from '../../storage/column.js'
import { rebucketed } from '../rebucketed.js'
import type { LabelDropReason } from '../../storage/label-reader.js'
import type { SeriesTable } from '../../storage/series-table.js'
import type { Instrument } from '../../storage/instrument.js'
import type { SlotColumn } from '../../storage/instrument-settings.js'

/** Sources of one instrument whose totals are remembered: about 10 MB for a counter. */
const MAX_SOURCES = 100_000

/**
 * The totals that self-counting sources last reported, so that what came since can be added.
 *
 * Kept by the instrument's own slots, or, where a view merges series, by a table of the labels as callers give
 * them: two sources in one series must not be taken for one that jumps. Nothing is kept before the first total.
 */
export class SourceTotals {
  /** Whether the slots are of a table of its own. */
  readonly isOwn: boolean
  readonly #instrument: Instrument
  readonly #table: SeriesTable | undefined
  #numbers: Column<Float64Array> | undefined
  #exponentials: (ExponentialTotals | undefined)[] | undefined
  readonly #followers: SlotColumn[] = []

  constructor(instrument: Instrument, table?: SeriesTable) {
    this.isOwn = table !== undefined
    this.#instrument = instrument
    this.#table = table
    if (table === undefined) this.#followers = instrument.followers
  }

  /** The slot of these labels in the own table, or why they can't be read; -1 when there are too many. */
  slotFor(labels: Readonly<Record<string, unknown>>): number | LabelDropReason {
    const table = this.#table!
    const texts = textsOf(table, labels)
    if (typeof texts === 'string') return texts
    const known = table.findTexts(texts)
    if (known >= 0 || table.size >= MAX_SOURCES) return known
    const slot = table.add(texts)
    if (slot < 0) return -1
    for (const follower of this.#followers) {
      follower.reserve(slot)
      follower.clear(slot)
    }
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

  /**
   * The numbers that a source last reported, to be compared and replaced: a counter's total; a histogram's buckets and
   * sum, as the instrument keeps them; a summary's sum and count.
   */
  numbers(slot: number): Float64Array {
    if (this.#numbers === undefined) {
      const { kind, cells } = this.#instrument.definition
      this.#numbers = float64Column(kind === 'summary' ? 2 : cells)
      this.#followers.push(this.#numbers)
    }
    const column = this.#numbers
    column.reserve(slot)
    const at = column.indexOf(slot)
    return column.pageFor(slot).subarray(at, at + column.width)
  }

  /** A counter's total that its source last reported, replaced by the new one. */
  replace(slot: number, total: number): number {
    const column = this.#numbers ?? (this.numbers(slot), this.#numbers!)
    column.reserve(slot)
    const last = column.get(slot)
    column.set(slot, total)
    return last
  }

  /** The labels of each source in the own table, with its slot. */
  *sources(): Generator<{ readonly labels: Readonly<Record<string, string>>; readonly slot: number }> {
    const table = this.#table!
    for (let slot = 0; slot < table.end; slot++) {
      if (!table.isLive(slot)) continue
      const texts = table.texts(slot)
      yield { slot, labels: Object.fromEntries(table.readers.map(({ name }, i) => [name, texts[i]])) }
    }
  }

  /** Takes over what one source last reported elsewhere; a view may have given the histogram other bounds here. */
  copyFrom(other: SourceTotals, slot: number, target: number): void {
    if (other.#numbers !== undefined) {
      const numbers = other.numbers(slot)
      const [{ kind, bounds }, to] = [other.#instrument.definition, this.#instrument.definition]
      this.numbers(target).set(kind === 'histogram' ? rebucketed(numbers, bounds, to.bounds) : numbers)
    }
    const exponential = other.#exponentials?.[slot]
    if (exponential !== undefined) this.exponentials[target] = exponential
  }

  /** The exponential histograms that sources last reported, by slot. */
  get exponentials(): (ExponentialTotals | undefined)[] {
    if (this.#exponentials === undefined) {
      const kept: (ExponentialTotals | undefined)[] = []
      this.#exponentials = kept
      this.#followers.push({ reserve() {}, clear: (slot) => void (kept[slot] = undefined) })
    }
    return this.#exponentials
  }
}

/**
 * What a number becomes when its source tells a new total after the last one. A number that came from this source
 * alone follows it exactly, without the rounding of adding differences.
 */
export function followed(current: number, last: number, total: number, isReset: boolean): number {
  if (isReset) return current + total
  return current === last ? total : current + (total - last)
}

function textsOf(table: SeriesTable, labels: Readonly<Record<string, unknown>>): string[] | LabelDropReason {
  try {
    return table.read(labels)
  } catch {
    return 'label_type'
  }
}
