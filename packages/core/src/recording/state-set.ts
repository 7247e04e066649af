import { BoundSeries } from './bound-series.js'
import type { LabelledStateSet, StateSet } from '../definition/handles.js'
import { LabelledHandle, type AnyLabels } from './labelled.js'

/** The states of one thing: a number for each, 1 when it is on. */
export class StateSetSeries extends BoundSeries implements StateSet<string> {
  set(state: string): void {
    this.#write(state, true, true)
  }

  toggle(state: string, on: boolean): void {
    this.#write(state, on, false)
  }

  #write(state: string, on: boolean, alone: boolean): void {
    const index = this.instrument.definition.states.indexOf(state)
    const slot = index < 0 ? this.instrument.drop('unknown_state', state) : this.place()
    if (slot < 0) return
    // only now: the series may have followed its instrument into another registry
    const { cells } = this.instrument
    if (alone) cells.clear(slot)
    cells.pageFor(slot)[cells.indexOf(slot) + index] = on ? 1 : 0
  }
}

/** A state set with labels. */
export class StateSetHandle
  extends LabelledHandle<StateSetSeries>
  implements LabelledStateSet<AnyLabels, string>
{
  protected override readonly startsAtZero = false

  set(labels: AnyLabels, state: string): void {
    this.labels(labels).set(state)
  }

  protected create(place: ConstructorParameters<typeof BoundSeries>[1]): StateSetSeries {
    return new StateSetSeries(this.instrument, place)
  }
}
