import type { FamilyPart, FamilyView, SeriesReader } from '@tidegauge/core'
import {
  classicBuckets,
  exponentialBuckets,
  quantileOf,
  type CumulativeBuckets,
} from './cumulative-buckets.js'
import { ExponentialFigures } from './exponential-figures.js'
import { FigureNames, numberTag } from './figure-names.js'
import { createFigure, type Figure, type FigureWriter } from './figure-writer.js'
import { QuantileWindows, type FlushNumbers } from './quantile-windows.js'
import { safeDistinct } from './sanitise.js'
import { SentFigures } from './sent-figures.js'
import { SeriesTags } from './series-tags.js'
import { tagText, type Tag } from './style.js'

/**
 * So many series are looked at before the clock is: one of an exponential histogram takes up to 25 µs, even if there
 * is nothing to tell of it.
 */
const SERIES_PER_LOOK = 64
/** Fewer slots than this are not worth looking for dead ones. */
const MIN_DEAD_SLOTS = 256
const SLOTS_PER_LOOK = 4_096

/**
 * What a step of writing ends with: a chunk that has to be sent before the next step, or a moment at which others may
 * have their turn.
 */
export type Step = 'full' | 'pause'

/** The lines of one instrument, with what the receiver has been told of each series. */
export class InstrumentLines {
  readonly #family: FamilyView
  readonly #constantLabels: readonly Tag[]
  readonly #writer: FigureWriter
  readonly #names: FigureNames
  readonly #tags = new SeriesTags()
  /** The figures that every series has, in the order in which they are written. */
  readonly #figures: readonly Figure[]
  readonly #sent: SentFigures
  /** The values of one series: read whole before the first is written, because time may pass between two lines. */
  readonly #values: Float64Array
  readonly #exponential: ExponentialFigures | undefined
  readonly #windows = new QuantileWindows()
  readonly #bounds: readonly number[]
  /** The tag that tells the lines of one series apart; a global one of that name gives way. */
  readonly #lineTag: string | undefined
  readonly #place = { tags: this.#tags, slot: 0 }

  constructor(family: FamilyView, constantLabels: Readonly<Record<string, string>>, writer: FigureWriter) {
    const { settings } = writer
    this.#family = family
    this.#constantLabels = Object.entries(constantLabels)
    this.#writer = writer
    this.#names = new FigureNames(family, settings)
    this.#bounds = [...family.bounds, Number.POSITIVE_INFINITY]
    this.#lineTag = lineTagOf(family, settings.histograms)
    this.#figures = this.#createFigures()
    this.#sent = new SentFigures(this.#figures.length)
    this.#values = new Float64Array(this.#figures.length)
    const isDynamic = family.kind === 'exponential_histogram' && settings.histograms === 'buckets'
    this.#exponential = isDynamic
      ? new ExponentialFigures(this.#names.of('bucket'), settings.style)
      : undefined
  }

  /** Writes every series. */
  *write(part: FamilyPart, flush: FlushNumbers): Generator<Step, void> {
    const series = part.series()
    const { kind } = this.#family
    const isPlain = this.#figures.length === 1
    const place = this.#place
    for (let looked = 1; series.next(); looked++) {
      this.#enter(series)
      place.slot = series.slot
      const page = this.#sent.pageFor(series.slot)
      const at = this.#sent.indexOf(series.slot)
      if (isPlain) {
        if (this.#writer.write(this.#figures[0], place, series.value, page, at)) yield 'full'
      } else {
        const buckets = this.#read(kind, series, flush)
        for (let i = 0; i < this.#figures.length; i++) {
          // an empty window has no quantiles
          if (Number.isNaN(this.#values[i])) continue
          if (this.#writer.write(this.#figures[i], place, this.#values[i], page, at + i)) yield 'full'
        }
        if (this.#exponential !== undefined) yield* this.#exponential.write(this.#writer, place, buckets!)
      }
      if (looked % SERIES_PER_LOOK === 0) yield 'pause'
    }
    if (this.#tags.size > MIN_DEAD_SLOTS + 2 * part.size) yield* this.#forgetDead(part)
  }

  /** Lets go of what was told of series that are gone, when they are the greater part. */
  *#forgetDead(part: FamilyPart): Generator<Step, void> {
    const isLive = (slot: number) => {
      const serial = part.serialAt(slot)
      return serial !== 0 && this.#tags.has(slot, serial)
    }
    for (let slot = 0; slot < part.slots; slot++) {
      if (!isLive(slot)) this.#forget(slot)
      if (slot % SLOTS_PER_LOOK === SLOTS_PER_LOOK - 1) yield 'pause'
    }
    this.#tags.tidy()
    this.#sent.keep(isLive)
  }

  #forget(slot: number): void {
    this.#tags.forget(slot)
    this.#exponential?.forget(slot)
    this.#windows.forget(slot)
  }

  /** Tags are written once in a series' life, and what was told of the slot's last series is forgotten. */
  #enter(series: SeriesReader): void {
    const { slot, serial } = series
    if (this.#tags.has(slot, serial)) return
    const { settings, tally } = this.#writer
    const own = this.#family.labels.map(({ name }, i): Tag => [name, series.labelText(i)])
    const global = settings.globalTags.filter(([name]) => name !== this.#lineTag)
    const tags = [...global, ...this.#constantLabels, ...own]
    const { text, isReplaced } = tagText(tags, settings)
    if (isReplaced || this.#names.isReplaced) tally.replacedSeries++
    this.#forget(slot)
    this.#sent.forget(slot)
    this.#tags.set(slot, serial, text)
  }

  #createFigures(): Figure[] {
    const { settings } = this.#writer
    const { kind } = this.#family
    const { states, quantiles } = this.#family
    const names = this.#names
    const figure = (name: string, of: Figure['kind'], extra?: Tag) =>
      createFigure({ name, kind: of, extra }, settings.style)
    const quantileGauges = (at: readonly number[]) =>
      at.map((q) => figure(names.of(), 'gauge', numberTag('quantile', q, settings.style)))
    const totals = [figure(names.of('count'), 'total'), figure(names.of('sum'), 'sum')]
    switch (kind) {
      case 'counter':
        return [figure(names.of(), 'total')]
      case 'state_set':
        // as OpenMetrics does it: the label that names the state has the family's name
        return safeDistinct(states, settings).map((state) =>
          figure(names.of(), 'gauge', [this.#family.name, state]),
        )
      case 'summary':
        return [...totals, ...quantileGauges(quantiles)]
      case 'histogram':
      case 'exponential_histogram':
        if (settings.histograms === 'quantiles') return [...totals, ...quantileGauges(settings.quantiles)]
        if (kind === 'exponential_histogram') return totals
        return [
          ...totals,
          ...this.#bounds.map((le) =>
            figure(names.of('bucket'), 'total', numberTag('le', le, settings.style)),
          ),
        ]
      default:
        return [figure(names.of(), 'gauge')]
    }
  }

  /** Puts a series' figures into `#values`, in the order of `#figures`; the buckets of one that has some. */
  #read(kind: FamilyView['kind'], series: SeriesReader, flush: FlushNumbers): CumulativeBuckets | undefined {
    const values = this.#values
    if (kind === 'state_set') {
      for (let i = 0; i < values.length; i++) values[i] = series.cells[series.at + i]
      return undefined
    }
    if (kind === 'summary') {
      this.#fill(series.count, series.sum, series.quantileValues())
      return undefined
    }
    const { histograms, quantiles } = this.#writer.settings
    const buckets =
      kind === 'histogram'
        ? classicBuckets(this.#bounds, series.cells, series.at)
        : exponentialBuckets(series.exponential, histograms === 'quantiles' ? 'lower edge' : 'upper edge')
    const count = buckets.counts.at(-1)!
    if (histograms === 'quantiles') {
      const window = this.#windows.since(series.slot, buckets, flush)
      this.#fill(
        count,
        buckets.sum,
        quantiles.map((q) => quantileOf(window, q)),
      )
    } else this.#fill(count, buckets.sum, kind === 'histogram' ? buckets.counts : [])
    return buckets
  }

  #fill(count: number, sum: number, others: readonly number[]): void {
    this.#values[0] = count
    this.#values[1] = sum
    for (let i = 0; i < others.length; i++) this.#values[i + 2] = others[i]
  }
}

function lineTagOf({ kind, name }: FamilyView, histograms: 'buckets' | 'quantiles'): string | undefined {
  if (kind === 'state_set') return name
  if (kind === 'summary') return 'quantile'
  if (kind !== 'histogram' && kind !== 'exponential_histogram') return undefined
  return histograms === 'buckets' ? 'le' : 'quantile'
}
