import type { DropReason } from '../../definition/drop-reason.js'
import type { Instrument, Successor } from '../../storage/instrument.js'
import { readTotals } from './read-totals.js'
import type { SourceTotals } from './source-totals.js'
import type { Destination } from './take-totals.js'
import { BoundSeries } from '../bound-series.js'
import { LabelledHandle, type AnyLabels } from '../labelled.js'

/** A series that may follow a source that counts by itself. */
export abstract class SourceSeries extends BoundSeries {
  /** Where the totals of such sources are remembered. */
  totals: SourceTotals | undefined
  /** Its slot there, where that differs from its own, or why there is none. */
  source: number | DropReason = -1

  protected override moved(to: Successor, labels: Readonly<Record<string, unknown>>): void {
    this.totals = to.totals as SourceTotals
    if (this.totals.isOwn) this.source = this.totals.slotFor(labels)
  }

  /** Takes over what a source reported: reads and checks a copy of it, and hands that to `take`. */
  protected takeOver<T extends object>(
    reported: T,
    read: (reported: T) => T | DropReason,
    take: (to: Destination, totals: T) => void,
  ): void {
    const copy = readTotals(() => read(reported))
    if (typeof copy === 'string') return void this.instrument.drop(copy, reported)
    const places = this.places()
    if (places !== undefined) take({ instrument: this.instrument, totals: this.totals!, ...places }, copy)
  }

  /** The series' slot and its source's, or undefined when a total can't be taken; that was then counted. */
  protected places(): { readonly slot: number; readonly source: number } | undefined {
    const slot = this.place()
    // in the overflow series sources can't be told apart: the total would be a wrong increment
    if (slot < 0 || this.instrument.isOverflow(slot)) return undefined
    const source = this.totals!.isOwn ? this.source : slot
    if (typeof source === 'string') return void this.instrument.drop(source)
    if (source < 0) {
      this.instrument.countOverflow()
      return undefined
    }
    this.instrument.hasEarlierCounts = true
    this.instrument.stamp(slot)
    return { slot, source }
  }
}

/** A handle with labels whose series may follow sources. */
export abstract class SourceHandle<Series extends SourceSeries> extends LabelledHandle<Series> {
  #totals: SourceTotals

  constructor(instrument: Instrument, totals: SourceTotals) {
    super(instrument)
    this.#totals = totals
  }

  /** Where a view merges series, each source's total is remembered under its own labels. */
  override labels(labels: AnyLabels): Series {
    if (!this.#totals.isOwn) return super.labels(labels)
    const series = this.create(this.instrument.read(labels))
    series.isLoose = true
    series.source = this.#totals.slotFor(labels)
    return series
  }

  override moveTo(successor: Successor): void {
    super.moveTo(successor)
    this.#totals = successor.totals as SourceTotals
  }

  override remove(labels: AnyLabels): void {
    super.remove(labels)
    this.#totals.forget(labels)
  }

  override clear(): void {
    super.clear()
    this.#totals.clear()
  }

  protected override create(place: ConstructorParameters<typeof BoundSeries>[1]): Series {
    const series = this.createSeries(place)
    series.totals = this.#totals
    return series
  }

  protected abstract createSeries(place: ConstructorParameters<typeof BoundSeries>[1]): Series
}
