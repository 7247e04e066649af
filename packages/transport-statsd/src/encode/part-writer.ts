import type { FamilyPart, FamilyView, SeriesReader } from '@tidegauge/core'
import { ExponentialBucketLines } from './exponential-bucket-lines.js'
import { createLineTemplates, lineTagOf } from './line-layout.js'
import type { LineTemplate } from './line-template.js'
import type { CurrentSeries, LineWriter, WriteStep } from './line-writer.js'
import { LineNames, tagNames } from './names.js'
import type { FlushNumbers } from './sent-buckets.js'
import { SentValues } from './sent-values.js'
import { SeriesTags } from './series-tags.js'
import { SeriesValues } from './series-values.js'
import { tagText, type Tag } from './tags.js'

/** The clock is checked after this many series: one of an exponential histogram takes up to 25 µs, even unchanged. */
const SERIES_PER_PAUSE = 64
const SLOTS_PER_PAUSE = 4_096
/** With fewer slots of removed series than this, none is cleaned up. */
const MIN_DEAD_SLOTS = 256

/** Writes the lines of one part of a family, and remembers what was sent of each of its series. */
export class PartWriter {
  readonly #writer: LineWriter
  /** The lines that every series has, in the order in which they are written. */
  readonly #templates: readonly LineTemplate[]
  readonly #values: SeriesValues
  readonly #exponential: ExponentialBucketLines | undefined
  readonly #tags = new SeriesTags()
  readonly #sent: SentValues
  /** Tags that come before a series' own. */
  readonly #commonTags: readonly Tag[]
  readonly #tagNames: readonly string[]
  readonly #hasReplacedName: boolean
  readonly #current: CurrentSeries = {
    tags: { view: new DataView(new ArrayBuffer(0)), at: 0, length: 0 },
    page: new Float64Array(0),
    at: 0,
  }

  constructor(family: FamilyView, constantLabels: Readonly<Record<string, string>>, writer: LineWriter) {
    const { settings } = writer
    const names = new LineNames(family, settings)
    this.#writer = writer
    this.#templates = createLineTemplates(family, names, settings)
    this.#values = new SeriesValues(family, settings, this.#templates.length)
    this.#sent = new SentValues(this.#templates.length)
    if (family.kind === 'exponential_histogram' && settings.histograms === 'buckets')
      this.#exponential = new ExponentialBucketLines(names.of('bucket'), writer)
    const lineTag = lineTagOf(family, settings.histograms)
    this.#commonTags = [
      ...settings.globalTags.filter(([name]) => name !== lineTag),
      ...Object.entries(constantLabels),
    ]
    const reserved = [...Object.keys(constantLabels), ...(lineTag === undefined ? [] : [lineTag])]
    const tags = tagNames(family.labels, settings, reserved)
    this.#tagNames = tags.names
    this.#hasReplacedName = names.isReplaced || tags.isReplaced
  }

  /** Writes every series of the part. */
  *write(part: FamilyPart, flush: FlushNumbers): Generator<WriteStep, void> {
    const series = part.series()
    const current = this.#current
    const isSingleLine = this.#templates.length === 1
    for (let read = 1; series.next(); read++) {
      this.#select(series)
      if (isSingleLine) {
        if (this.#writer.write(this.#templates[0], current, series.value, 0)) yield 'full'
      } else {
        this.#values.read(series, flush)
        const { values } = this.#values
        for (let i = 0; i < values.length; i++) {
          // NaN: a quantile of nothing
          if (Number.isNaN(values[i])) continue
          if (this.#writer.write(this.#templates[i], current, values[i], i)) yield 'full'
        }
        if (this.#exponential !== undefined)
          yield* this.#exponential.write(series.slot, current, this.#values.buckets)
      }
      if (read % SERIES_PER_PAUSE === 0) yield 'pause'
    }
    if (this.#tags.size > MIN_DEAD_SLOTS + 2 * part.size) yield* this.#forgetRemoved(part)
  }

  /** Makes a series the current one. The tags of a new one are added, and what its slot had before is forgotten. */
  #select(series: SeriesReader): void {
    const { slot, serial } = series
    if (!this.#tags.has(slot, serial)) this.#add(series)
    this.#tags.read(slot, this.#current.tags)
    this.#current.page = this.#sent.pageFor(slot)
    this.#current.at = this.#sent.indexOf(slot)
  }

  #add(series: SeriesReader): void {
    const { settings, counts } = this.#writer
    const own = this.#tagNames.map((name, i): Tag => [name, series.labelText(i)])
    const { text, isReplaced } = tagText([...this.#commonTags, ...own], settings)
    if (isReplaced || this.#hasReplacedName) counts.replacedSeries++
    this.#forget(series.slot)
    this.#sent.forget(series.slot)
    this.#tags.set(series.slot, series.serial, text)
  }

  /** Removes what was kept of removed series, when they are the greater part. */
  *#forgetRemoved(part: FamilyPart): Generator<WriteStep, void> {
    const isLive = (slot: number) => {
      const serial = part.serialAt(slot)
      return serial !== 0 && this.#tags.has(slot, serial)
    }
    for (let slot = 0; slot < part.slots; slot++) {
      if (!isLive(slot)) this.#forget(slot)
      if (slot % SLOTS_PER_PAUSE === SLOTS_PER_PAUSE - 1) yield 'pause'
    }
    this.#tags.compact()
    this.#sent.keep(isLive)
  }

  #forget(slot: number): void {
    this.#tags.forget(slot)
    this.#exponential?.forget(slot)
    this.#values.forget(slot)
  }
}
