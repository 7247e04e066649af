import type { Instrument, Successor } from '../storage/instrument.js'
import type { Info } from '../definition/handles.js'
import type { AnyLabels } from './labelled.js'

/** Facts in labels, with the value 1. */
export class InfoHandle implements Info<AnyLabels> {
  instrument: Instrument

  constructor(instrument: Instrument) {
    this.instrument = instrument
  }

  /** Goes to the instrument that took over the series of this one. */
  moveTo({ instrument }: Successor): void {
    this.instrument = instrument
  }

  set(labels: AnyLabels): void {
    const { instrument } = this
    const texts = instrument.read(labels)
    if (typeof texts === 'string') return void instrument.drop(texts, labels)
    const isSet = instrument.table.size === 1 && instrument.table.findTexts(texts) >= 0
    if (isSet) return
    instrument.clear()
    const { slot } = instrument.slotForTexts(texts)
    if (slot >= 0) instrument.cells.set(slot, 1)
  }
}
