import { BoundSeries, dropReasonOf } from './bound-series.js'
import type { Gauge, LabelledGauge } from '../definition/handles.js'
import { LabelledHandle, type AnyLabels } from './labelled.js'

/** One series of a gauge. */
export class GaugeSeries extends BoundSeries implements Gauge {
  set(value: number): void {
    if (typeof value !== 'number' || value !== value) return void this.instrument.drop('not_a_number', value)
    if (this.at >= 0) {
      this.page[this.at] = value
      this.instrument.stamp(this.slot)
    } else this.#setSlowly(value, false)
  }

  inc(value = 1): void {
    this.#add(value, 1)
  }

  dec(value = 1): void {
    this.#add(value, -1)
  }

  remove(): void {
    // first: the series may have followed its instrument into another registry
    const slot = this.find()
    this.instrument.remove(slot)
  }

  #add(value: number, sign: 1 | -1): void {
    const dropReason = dropReasonOf(value)
    if (dropReason !== undefined) return void this.instrument.drop(dropReason, value)
    if (this.at >= 0) {
      this.page[this.at] += sign * value
      this.instrument.stamp(this.slot)
    } else this.#setSlowly(sign * value, true)
  }

  #setSlowly(value: number, isAdded: boolean): void {
    const slot = this.place()
    if (slot < 0) return
    const { cells } = this.instrument
    cells.set(slot, isAdded ? cells.get(slot) + value : value)
    this.instrument.stamp(slot)
  }
}

/** A gauge with labels. */
export class GaugeHandle extends LabelledHandle<GaugeSeries> implements LabelledGauge<AnyLabels> {
  protected override readonly startsAtZero = false

  set(labels: AnyLabels, value: number): void {
    const isNumber = typeof value === 'number' && value === value
    const slot = isNumber ? this.#slotFor(labels) : this.instrument.drop('not_a_number', value)
    if (slot >= 0) this.instrument.cells.set(slot, value)
  }

  inc(labels: AnyLabels, value = 1): void {
    this.#add(labels, value, 1)
  }

  dec(labels: AnyLabels, value = 1): void {
    this.#add(labels, value, -1)
  }

  protected create(place: ConstructorParameters<typeof BoundSeries>[1]): GaugeSeries {
    return new GaugeSeries(this.instrument, place)
  }

  #add(labels: AnyLabels, value: number, sign: 1 | -1): void {
    const dropReason = dropReasonOf(value)
    const slot = dropReason === undefined ? this.#slotFor(labels) : this.instrument.drop(dropReason, value)
    const { cells } = this.instrument
    if (slot >= 0) cells.set(slot, cells.get(slot) + sign * value)
  }

  #slotFor(labels: AnyLabels): number {
    const { instrument } = this
    const slot = instrument.slotFor(labels)
    if (slot >= 0) instrument.stamp(slot)
    return slot
  }
}
