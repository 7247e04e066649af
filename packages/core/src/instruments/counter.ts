import type { Instrument } from '../registry/instrument.js'
import type { DropReason } from '../registry/drop-reason.js'
import type { SourceTotals } from '../registry/source-totals.js'
import { BoundSeries, faultOf } from './bound-series.js'
import type { Counter, Exemplar, LabelledCounter } from './handles.js'
import { LabelledHandle, type AnyLabels } from './labelled.js'

/** One series of a counter. */
export class CounterSeries extends BoundSeries implements Counter {
  /** Where the totals of a self-counting source are remembered. */
  totals: SourceTotals | undefined
  /** Its slot there, where that differs from its own, or why there is none. */
  source: number | DropReason = -1

  inc(value = 1, exemplar?: Exemplar): void {
    if (typeof value === 'number' && value >= 0 && value < Infinity && this.at >= 0)
      this.page[this.at] += value
    else this.#incSlowly(value)
    if (exemplar !== undefined) this.#keep(value, exemplar)
  }

  setTotal(total: number): void {
    const fault = faultOf(total, 0)
    if (fault !== undefined) return void this.instrument.refuse(fault)
    const slot = this.place()
    // in the overflow series sources can't be told apart: the total would be a wrong increment
    if (slot < 0 || this.instrument.isOverflow(slot)) return
    const source = this.totals!.isOwn ? this.source : slot
    if (typeof source === 'string') return void this.instrument.refuse(source)
    if (source < 0) return this.instrument.countOverflow()
    this.inc(this.totals!.advance(source, total))
  }

  #incSlowly(value: unknown): void {
    const fault = faultOf(value, 0)
    if (fault !== undefined) return void this.instrument.refuse(fault)
    const slot = this.place()
    if (slot < 0) return
    const { cells } = this.instrument
    cells.pageFor(slot)[cells.indexOf(slot)] += value as number
  }

  #keep(value: number, exemplar: Exemplar): void {
    if (this.slot >= 0 && faultOf(value, 0) === undefined)
      this.instrument.keepExemplar(this.slot, 0, value, exemplar)
  }
}

/** A counter with labels. */
export class CounterHandle extends LabelledHandle<CounterSeries> implements LabelledCounter<AnyLabels> {
  readonly #totals: SourceTotals

  constructor(instrument: Instrument, totals: SourceTotals) {
    super(instrument)
    this.#totals = totals
  }

  inc(labels: AnyLabels, value = 1, exemplar?: Exemplar): void {
    if (!(typeof value === 'number' && value >= 0 && value < Infinity))
      return void this.instrument.refuse(faultOf(value, 0)!)
    const slot = this.instrument.slotFor(labels)
    if (slot < 0) return
    const { cells } = this.instrument
    cells.pageFor(slot)[cells.indexOf(slot)] += value
    if (exemplar !== undefined) this.instrument.keepExemplar(slot, 0, value, exemplar)
  }

  setTotal(labels: AnyLabels, total: number): void {
    this.labels(labels).setTotal(total)
  }

  /** Where a view merges series, each source's total is remembered under its own labels. */
  override labels(labels: AnyLabels): CounterSeries {
    if (!this.#totals.isOwn) return super.labels(labels)
    const series = this.create(this.instrument.read(labels))
    series.isLoose = true
    series.source = this.#totals.slotFor(labels)
    return series
  }

  override remove(labels: AnyLabels): void {
    super.remove(labels)
    this.#totals.forget(labels)
  }

  override clear(): void {
    super.clear()
    this.#totals.clear()
  }

  protected create(place: ConstructorParameters<typeof BoundSeries>[1]): CounterSeries {
    const series = new CounterSeries(this.instrument, place)
    series.totals = this.#totals
    return series
  }
}
