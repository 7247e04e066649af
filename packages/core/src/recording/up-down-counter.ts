import { BoundSeries, dropReasonOf } from './bound-series.js'
import type { LabelledUpDownCounter, UpDownCounter } from '../definition/handles.js'
import { LabelledHandle, type AnyLabels } from './labelled.js'

/** One series of an up-down counter. */
export class UpDownCounterSeries extends BoundSeries implements UpDownCounter {
  inc(value = 1): void {
    if (typeof value === 'number' && value - value === 0 && this.at >= 0) this.page[this.at] += value
    else this.#slowly(value, 1)
  }

  dec(value = 1): void {
    if (typeof value === 'number' && value - value === 0 && this.at >= 0) this.page[this.at] -= value
    else this.#slowly(value, -1)
  }

  #slowly(value: unknown, sign: number): void {
    const dropReason = dropReasonOf(value)
    if (dropReason !== undefined) return void this.instrument.drop(dropReason, value)
    const slot = this.place()
    if (slot < 0) return
    const { cells } = this.instrument
    cells.pageFor(slot)[cells.indexOf(slot)] += sign * (value as number)
  }
}

/** An up-down counter with labels. */
export class UpDownCounterHandle
  extends LabelledHandle<UpDownCounterSeries>
  implements LabelledUpDownCounter<AnyLabels>
{
  inc(labels: AnyLabels, value = 1): void {
    this.#add(labels, value, 1)
  }

  dec(labels: AnyLabels, value = 1): void {
    this.#add(labels, value, -1)
  }

  protected create(place: ConstructorParameters<typeof BoundSeries>[1]): UpDownCounterSeries {
    return new UpDownCounterSeries(this.instrument, place)
  }

  #add(labels: AnyLabels, value: number, sign: 1 | -1): void {
    const dropReason = dropReasonOf(value)
    if (dropReason !== undefined) return void this.instrument.drop(dropReason, value)
    const place = this.instrument.placeFor(labels)
    if (place !== undefined) place.page[place.at] += sign * value
    else this.#addSlowly(labels, sign * value)
  }

  #addSlowly(labels: AnyLabels, value: number): void {
    const slot = this.instrument.slotFor(labels)
    const { cells } = this.instrument
    if (slot >= 0) cells.set(slot, cells.get(slot) + value)
  }
}
