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
    if (!isNumber) return void this.instrument.drop('not_a_number', value)
    const place = this.instrument.placeFor(labels)
    if (place !== undefined) {
      place.page[place.at] = value
      this.instrument.stamp(place.slot)
    } else this.#setSlowly(labels, value, false)
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
    if (dropReason !== undefined) return void this.instrument.drop(dropReason, value)
    const place = this.instrument.placeFor(labels)
    if (place !== undefined) {
      place.page[place.at] += sign * value
      this.instrument.stamp(place.slot)
    } else this.#setSlowly(labels, sign * value, true)
  }

  #setSlowly(labels: AnyLabels, value: number, isAdded: boolean): void {
    const slot = this.instrument.slotFor(labels)
    if (slot < 0) return
    const { cells } = this.instrument
    cells.set(slot, isAdded ? cells.get(slot) + value : value)
    this.instrument.stamp(slot)
  }
}
