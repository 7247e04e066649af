import type { FamilyView, SeriesReader } from '@tidegauge/core'
import { exponentialBuckets, quantileOf, type CumulativeBuckets } from './cumulative-buckets.js'
import type { LineSettings } from './line-settings.js'
import { SentBuckets, type FlushNumbers } from './sent-buckets.js'

/**
 * Reads the values of one series with several lines, in the order of the family's line templates.
 *
 * They are read before the first line is written, because time may pass between two lines.
 */
export class SeriesValues {
  readonly values: Float64Array
  /** Of the exponential histogram that was read last. */
  buckets: CumulativeBuckets = { bounds: [], counts: [] }
  readonly #kind: FamilyView['kind']
  readonly #bounds: readonly number[]
  readonly #settings: LineSettings
  readonly #sent = new SentBuckets()

  /** `width`: lines per series. */
  constructor({ kind, bounds }: FamilyView, settings: LineSettings, width: number) {
    this.values = new Float64Array(width)
    this.#kind = kind
    this.#bounds = [...bounds, Number.POSITIVE_INFINITY]
    this.#settings = settings
  }

  read(series: SeriesReader, flush: FlushNumbers): void {
    if (this.#kind === 'state_set') this.#readStates(series)
    else {
      this.values[0] = series.count
      this.values[1] = series.sum
      if (this.#kind === 'summary') this.#setFrom(2, series.quantileValues())
      else if (this.#settings.histograms === 'quantiles') this.#readQuantiles(series, flush)
      else if (this.#kind === 'histogram') this.#readBuckets(series)
      else this.buckets = exponentialBuckets(series.exponential)
    }
  }

  /** The slot's series was removed, or replaced by another. */
  forget(slot: number): void {
    this.#sent.forget(slot)
  }

  #readStates(series: SeriesReader): void {
    for (let i = 0; i < this.values.length; i++) this.values[i] = series.isOn(i) ? 1 : 0
  }

  #readBuckets(series: SeriesReader): void {
    let count = 0
    for (let i = 0; i < this.#bounds.length; i++) this.values[i + 2] = count += series.bucketCount(i)
  }

  #readQuantiles(series: SeriesReader, flush: FlushNumbers): void {
    const now =
      this.#kind === 'histogram'
        ? this.#classicBuckets(series)
        : exponentialBuckets(series.exponential, 'lower edge')
    const since = this.#sent.since(series.slot, now, flush)
    this.#setFrom(
      2,
      this.#settings.quantiles.map((q) => quantileOf(since, q)),
    )
  }

  #classicBuckets(series: SeriesReader): CumulativeBuckets {
    let count = 0
    return { bounds: this.#bounds, counts: this.#bounds.map((_, i) => (count += series.bucketCount(i))) }
  }

  #setFrom(index: number, values: readonly number[]): void {
    for (let i = 0; i < values.length; i++) this.values[index + i] = values[i]
  }
}
