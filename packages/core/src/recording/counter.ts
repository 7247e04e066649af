import { followed } from './following/source-totals.js'
import { dropReasonOf } from './bound-series.js'
import type { Counter, Exemplar, LabelledCounter, SourceExemplar } from '../definition/handles.js'
import type { AnyLabels } from './labelled.js'
import { SourceHandle, SourceSeries } from './following/source-series.js'

/** One series of a counter. */
export class CounterSeries extends SourceSeries implements Counter {
  inc(value = 1, exemplar?: Exemplar): void {
    if (typeof value === 'number' && value >= 0 && value < Infinity && this.at >= 0)
      this.page[this.at] += value
    else this.#incSlowly(value)
    if (exemplar !== undefined) this.#keep(value, exemplar)
  }

  setTotal(total: number, exemplar?: SourceExemplar): void {
    const dropReason = dropReasonOf(total, 0)
    if (dropReason !== undefined) return void this.instrument.drop(dropReason, total)
    const places = this.places()
    if (places === undefined) return
    const { cells } = this.instrument
    const last = this.totals!.replace(places.source, total)
    cells.set(places.slot, followed(cells.get(places.slot), last, total, total < last))
    if (exemplar !== undefined) this.instrument.keepExemplar(places.slot, 0, undefined, exemplar)
  }

  #incSlowly(value: unknown): void {
    const dropReason = dropReasonOf(value, 0)
    if (dropReason !== undefined) return void this.instrument.drop(dropReason, value)
    const slot = this.place()
    if (slot < 0) return
    const { cells } = this.instrument
    cells.pageFor(slot)[cells.indexOf(slot)] += value as number
  }

  #keep(value: number, exemplar: Exemplar): void {
    if (this.slot >= 0 && dropReasonOf(value, 0) === undefined)
      this.instrument.keepExemplar(this.slot, 0, value, exemplar)
  }
}

/** A counter with labels. */
export class CounterHandle extends SourceHandle<CounterSeries> implements LabelledCounter<AnyLabels> {
  inc(labels: AnyLabels, value = 1, exemplar?: Exemplar): void {
    if (!(typeof value === 'number' && value >= 0 && value < Infinity))
      return void this.instrument.drop(dropReasonOf(value, 0)!, value)
    const place = this.instrument.placeFor(labels)
    if (place !== undefined) place.page[place.at] += value
    const slot = place === undefined ? this.#incSlowly(labels, value) : place.slot
    if (exemplar !== undefined && slot >= 0) this.instrument.keepExemplar(slot, 0, value, exemplar)
  }

  setTotal(labels: AnyLabels, total: number, exemplar?: SourceExemplar): void {
    this.labels(labels).setTotal(total, exemplar)
  }

  protected createSeries(place: ConstructorParameters<typeof CounterSeries>[1]): CounterSeries {
    return new CounterSeries(this.instrument, place)
  }

  #incSlowly(labels: AnyLabels, value: number): number {
    const slot = this.instrument.slotFor(labels)
    const { cells } = this.instrument
    if (slot >= 0) cells.pageFor(slot)[cells.indexOf(slot)] += value
    return slot
  }
}
