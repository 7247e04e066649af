import {
  SeriesReader,
  type FamilyView,
  type Instrument,
  type StoredExemplar,
  type StringPool,
} from '@tidegauge/core'
import type { ByteWriter } from './byte-writer.js'
import { classicBuckets } from './classic-buckets.js'
import { escapeLabelValue } from './escape.js'
import { familyHead, labelNumber, type FamilyHead, type TextFormat } from './format.js'
import { LineTemplate } from './line-template.js'

const LINE_BREAK = 10

/** What every step of one exposition shares. */
interface Exposition {
  readonly writer: ByteWriter
  readonly pool: StringPool
  readonly format: TextFormat
  /** The writer yields when it holds so many bytes. */
  readonly chunkBytes: number
}

/**
 * Writes families in text 0.0.4 or OpenMetrics 1.0.0, and yields whenever a chunk is full: the caller takes the
 * bytes away, and may let any time pass. Changes nothing of what it reads.
 */
export function* encodeText(families: readonly FamilyView[], exposition: Exposition): Generator<void> {
  const { writer, format } = exposition
  const taken = new Set(families.map((family) => family.name))
  for (const family of families) {
    const head = familyHead(family, format, taken)
    writer.text(head.header)
    for (const instrument of family.instruments) {
      const series = new SeriesReader(instrument, family.upTo)
      yield* writers[family.kind](exposition, head, instrument, series)
    }
  }
  if (format === 'openmetrics') writer.text('# EOF\n')
}

/** Where a line's labels come from and where it goes. */
interface Place {
  readonly writer: ByteWriter
  readonly series: SeriesReader
  readonly pool: StringPool
  readonly view: DataView
}

type WriteSeries = (
  exposition: Exposition,
  head: FamilyHead,
  instrument: Instrument,
  series: SeriesReader,
) => Generator<void>

const writers: Readonly<Record<FamilyView['kind'], WriteSeries>> = {
  counter: writeNumbers,
  up_down_counter: writeNumbers,
  gauge: writeNumbers,
  info: writeNumbers,
  histogram: writeHistograms,
  exponential_histogram: writeExponentials,
  summary: writeSummaries,
  state_set: writeStateSets,
}

function* writeNumbers(
  exposition: Exposition,
  head: FamilyHead,
  instrument: Instrument,
  series: SeriesReader,
) {
  const { writer, pool, chunkBytes } = exposition
  const template = new LineTemplate(head.sampleName, instrument)
  const exemplars = head.takesExemplars && instrument.exemplars.size > 0 ? instrument.exemplars : undefined
  let view = viewOf(pool)
  while (series.next()) {
    template.write(writer, series, pool, view, 0)
    writer.number(series.value)
    if (exemplars !== undefined) writeExemplar(writer, exemplars.at(series.slot))
    writer.byte(LINE_BREAK)
    if (writer.position >= chunkBytes) {
      yield
      view = viewOf(pool)
    }
  }
}

function* writeHistograms(
  exposition: Exposition,
  head: FamilyHead,
  instrument: Instrument,
  series: SeriesReader,
) {
  const { writer, pool, format, chunkBytes } = exposition
  const { bounds, cells } = instrument.definition
  const extras = [...bounds, Infinity].map((bound) => `le="${labelNumber(bound, format)}"`)
  const bucketLine = new LineTemplate(`${head.sampleName}_bucket`, instrument, extras)
  const sumLine = new LineTemplate(`${head.sampleName}_sum`, instrument)
  const countLine = new LineTemplate(`${head.sampleName}_count`, instrument)
  const hasNegativeBounds = bounds[0] < 0
  const exemplars = head.takesExemplars && instrument.exemplars.size > 0 ? instrument.exemplars : undefined
  while (series.next()) {
    const place = { writer, series, pool, view: viewOf(pool) }
    let count = 0
    for (let i = 0; i <= bounds.length; i++) {
      count += series.cells[series.at + i]
      bucketLine.write(writer, series, pool, place.view, i)
      writer.number(count)
      if (exemplars !== undefined) writeExemplar(writer, exemplars.at(series.slot * cells + i))
      writer.byte(LINE_BREAK)
    }
    const sum = series.cells[series.at + bounds.length + 1]
    if (hasTotals(format, hasNegativeBounds ? -1 : sum)) {
      writeLine(place, sumLine, sum)
      writeLine(place, countLine, count)
    }
    if (writer.position >= chunkBytes) yield
  }
}

function* writeExponentials(
  exposition: Exposition,
  head: FamilyHead,
  instrument: Instrument,
  series: SeriesReader,
) {
  const { writer, pool, format, chunkBytes } = exposition
  const sumLine = new LineTemplate(`${head.sampleName}_sum`, instrument)
  const countLine = new LineTemplate(`${head.sampleName}_count`, instrument)
  while (series.next()) {
    const place = { writer, series, pool, view: viewOf(pool) }
    const { buckets, sum, count } = classicBuckets(series.exponential)
    const extras = buckets.map(({ bound }) => `le="${labelNumber(bound, format)}"`)
    const bucketLine = new LineTemplate(`${head.sampleName}_bucket`, instrument, extras)
    buckets.forEach((bucket, i) => writeLine(place, bucketLine, bucket.count, i))
    if (hasTotals(format, sum)) {
      writeLine(place, sumLine, sum)
      writeLine(place, countLine, count)
    }
    if (writer.position >= chunkBytes) yield
  }
}

function* writeSummaries(
  exposition: Exposition,
  head: FamilyHead,
  instrument: Instrument,
  series: SeriesReader,
) {
  const { writer, pool, format, chunkBytes } = exposition
  const { quantiles } = instrument.definition
  const extras = quantiles.map((quantile) => `quantile="${labelNumber(quantile, format)}"`)
  const quantileLine = new LineTemplate(head.sampleName, instrument, extras)
  const sumLine = new LineTemplate(`${head.sampleName}_sum`, instrument)
  const countLine = new LineTemplate(`${head.sampleName}_count`, instrument)
  while (series.next()) {
    const place = { writer, series, pool, view: viewOf(pool) }
    const { window } = series
    for (const [i, value] of window.quantiles(quantiles).entries())
      // Source: OpenMetrics 1.0.0, "Summary": quantiles are not negative
      if (format === 'text' || !(value < 0)) writeLine(place, quantileLine, value, i)
    if (hasTotals(format, window.sum)) {
      writeLine(place, sumLine, window.sum)
      writeLine(place, countLine, window.count)
    }
    if (writer.position >= chunkBytes) yield
  }
}

/** Source: OpenMetrics 1.0.0, "StateSet": the label that names the state has the family's name. */
function* writeStateSets(
  exposition: Exposition,
  head: FamilyHead,
  instrument: Instrument,
  series: SeriesReader,
) {
  const { writer, pool, chunkBytes } = exposition
  const extras = instrument.definition.states.map(
    (state) => `${head.sampleName}="${escapeLabelValue(state)}"`,
  )
  const template = new LineTemplate(head.sampleName, instrument, extras)
  while (series.next()) {
    const place = { writer, series, pool, view: viewOf(pool) }
    extras.forEach((_, i) => writeLine(place, template, series.cells[series.at + i], i))
    if (writer.position >= chunkBytes) yield
  }
}

/**
 * OpenMetrics takes a sum for a counter: where it is negative, or bounds are, neither it nor the count is written.
 * Source: OpenMetrics 1.0.0, "Histogram" and "Summary".
 */
function hasTotals(format: TextFormat, sum: number): boolean {
  return format === 'text' || sum >= 0
}

/** One line outside the hottest path; `place` is the series' labels as bytes. */
function writeLine(
  { writer, series, pool, view }: Place,
  template: LineTemplate,
  value: number,
  extra = 0,
): void {
  template.write(writer, series, pool, view, extra)
  writer.number(value)
  writer.byte(LINE_BREAK)
}

function writeExemplar(writer: ByteWriter, exemplar: StoredExemplar | undefined): void {
  if (exemplar === undefined) return
  const labels = Object.entries(exemplar.labels).map(
    ([name, value]) => `${name}="${escapeLabelValue(value)}"`,
  )
  writer.text(` # {${labels.join(',')}} `)
  writer.number(exemplar.value)
  writer.byte(32)
  writer.number(exemplar.timestampSeconds)
}

function viewOf(pool: StringPool): DataView {
  return new DataView(pool.bytes.buffer)
}
