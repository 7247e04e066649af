import type { Instrument } from '../storage/instrument.js'
import type { Info } from '../definition/handles.js'
import type { AnyLabels } from './labelled.js'

/** Facts in labels, with the value 1. */
export class InfoHandle implements Info<AnyLabels> {
  readonly instrument: Instrument

  constructor(instrument: Instrument) {
    this.instrument = instrument
  }

  set(labels: AnyLabels): void {
    const { instrument } = this
    const texts = instrument.read(labels)
    if (typeof texts === 'string') return void instrument.drop(texts)
    const isTold = instrument.table.size === 1 && instrument.table.findTexts(texts) >= 0
    if (isTold) return
    instrument.clear()
    const { slot } = instrument.slotForTexts(texts)
    if (slot >= 0) instrument.cells.set(slot, 1)
  }
}
