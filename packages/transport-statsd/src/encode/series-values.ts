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
  /** Of the histogram that was read last. */
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
    else if (this.#kind === 'summary') this.#set(series, series.count, series.quantileValues())
    else this.#readHistogram(series, flush)
  }

  /** The slot's series was removed, or replaced by another. */
  forget(slot: number): void {
    this.#sent.forget(slot)
  }

  #readStates(series: SeriesReader): void {
    for (let i = 0; i < this.values.length; i++) this.values[i] = series.isOn(i) ? 1 : 0
  }

  #readHistogram(series: SeriesReader, flush: FlushNumbers): void {
    const { histograms, quantiles } = this.#settings
    const isExponential = this.#kind === 'exponential_histogram'
    const buckets = isExponential
      ? exponentialBuckets(series.exponential, histograms === 'quantiles' ? 'lower edge' : 'upper edge')
      : this.#classicBuckets(series)
    const count = buckets.counts.at(-1)!
    if (histograms === 'quantiles') {
      const since = this.#sent.since(series.slot, buckets, flush)
      const values = quantiles.map((q) => quantileOf(since, q))
      this.#set(series, count, values)
    } else this.#set(series, count, isExponential ? [] : buckets.counts)
    this.buckets = buckets
  }

  #classicBuckets(series: SeriesReader): CumulativeBuckets {
    const counts: number[] = []
    let count = 0
    for (let i = 0; i < this.#bounds.length; i++) counts.push((count += series.bucketCount(i)))
    return { bounds: this.#bounds, counts }
  }

  #set(series: SeriesReader, count: number, others: readonly number[]): void {
    this.values[0] = count
    this.values[1] = series.sum
    for (let i = 0; i < others.length; i++) this.values[i + 2] = others[i]
  }
}
