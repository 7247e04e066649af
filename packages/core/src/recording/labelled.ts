import type { Instrument, Successor } from '../storage/instrument.js'
import type { BoundSeries } from './bound-series.js'
import type { LabelValue } from '../definition/handles.js'

/** Labels of an instrument whose names are not known to the type. */
export type AnyLabels = Readonly<Record<string, LabelValue>>

type Place = ConstructorParameters<typeof BoundSeries>[1]

/** What handles with labels share: finding, keeping and forgetting series. */
export abstract class LabelledHandle<Series extends BoundSeries> {
  instrument: Instrument
  /** Whether a series exists before its first value. Gauges have none. */
  protected readonly startsAtZero: boolean = true

  constructor(instrument: Instrument) {
    this.instrument = instrument
  }

  labels(labels: AnyLabels): Series {
    const place = this.placeOf(labels)
    return typeof place === 'number'
      ? this.instrument.bound.at(place, () => this.create(place))
      : this.create(place)
  }

  remove(labels: AnyLabels): void {
    const { instrument } = this
    // the other sources of a merged series are still there
    const texts = instrument.isMerged ? 'label_unknown' : instrument.read(labels)
    if (typeof texts !== 'string') instrument.remove(instrument.table.findTexts(texts))
  }

  clear(): void {
    this.instrument.clear()
  }

  /** Goes to the instrument that took over the series of this one. */
  moveTo({ instrument }: Successor): void {
    this.instrument = instrument
  }

  protected abstract create(place: Place): Series

  /** The slot of these labels; or the texts to find one later; or why the labels are refused. */
  protected placeOf(labels: AnyLabels): Place {
    const { instrument } = this
    const known = instrument.find(labels)
    if (known >= 0) return known
    const texts = instrument.read(labels)
    if (typeof texts === 'string') {
      // counted at each sample, but here is what the caller passed
      instrument.explain(texts, labels)
      return texts
    }
    if (!this.startsAtZero) return texts
    const slot = instrument.reserve(texts)
    return slot >= 0 ? slot : texts
  }
}
