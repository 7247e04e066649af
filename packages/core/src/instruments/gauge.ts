import { BoundSeries } from './bound-series.js'
import type { Gauge, LabelledGauge } from './handles.js'
import { LabelledHandle, type AnyLabels } from './labelled.js'

/** One series of a gauge. */
export class GaugeSeries extends BoundSeries implements Gauge {
  set(value: number): void {
    if (typeof value !== 'number' || value !== value) return void this.instrument.refuse('not_a_number')
    if (this.at >= 0) {
      this.page[this.at] = value
      this.#stamp(this.slot)
    } else this.#setSlowly(value, 0)
  }

  inc(value = 1): void {
    if (typeof value !== 'number' || value !== value) return void this.instrument.refuse('not_a_number')
    if (this.at >= 0) {
      this.page[this.at] += value
      this.#stamp(this.slot)
    } else this.#setSlowly(value, 1)
  }

  dec(value = 1): void {
    this.inc(-value)
  }

  remove(): void {
    this.instrument.remove(this.slot)
  }

  #setSlowly(value: number, keep: 0 | 1): void {
    const slot = this.place()
    if (slot < 0) return
    const { cells } = this.instrument
    cells.set(slot, cells.get(slot) * keep + value)
    this.#stamp(slot)
  }

  #stamp(slot: number): void {
    const { pass } = this.instrument.owner
    if (pass !== 0) this.instrument.stamps.set(slot, pass)
  }
}

/** A gauge with labels. */
export class GaugeHandle extends LabelledHandle<GaugeSeries> implements LabelledGauge<AnyLabels> {
  protected override readonly startsAtZero = false

  set(labels: AnyLabels, value: number): void {
    const slot = this.#slotFor(labels, value)
    if (slot >= 0) this.instrument.cells.set(slot, value)
  }

  inc(labels: AnyLabels, value = 1): void {
    const slot = this.#slotFor(labels, value)
    if (slot >= 0) this.instrument.cells.set(slot, this.instrument.cells.get(slot) + value)
  }

  dec(labels: AnyLabels, value = 1): void {
    this.inc(labels, -value)
  }

  protected create(place: ConstructorParameters<typeof BoundSeries>[1]): GaugeSeries {
    return new GaugeSeries(this.instrument, place)
  }

  #slotFor(labels: AnyLabels, value: number): number {
    const { instrument } = this
    if (typeof value !== 'number' || value !== value) return instrument.refuse('not_a_number')
    const slot = instrument.slotFor(labels)
    if (slot >= 0 && instrument.owner.pass !== 0) instrument.stamps.set(slot, instrument.owner.pass)
    return slot
  }
}
