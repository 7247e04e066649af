import type { FamilyPart, FamilyView, SeriesReader, StoredExemplar, StringPool } from '@tidegauge/core'
import type { ByteWriter } from './byte-writer.js'
import { classicBuckets } from './classic-buckets.js'
import { familyHead, type FamilyHead } from './family-head.js'
import { LineTemplate } from './line-template.js'
import { escapeLabelValue, labelNumber, type TextFormat } from './text-format.js'

const LINE_BREAK = 10
const SPACE = 32

/** Where an exposition in text is written to, and how. */
export interface TextExposition {
  readonly writer: ByteWriter
  readonly format: TextFormat
  /** The encoder yields when the writer holds so many bytes. */
  readonly chunkBytes: number
}

/**
 * Writes families in text 0.0.4 or OpenMetrics 1.0.0. Yields whenever a chunk is full: the caller then takes the bytes
 * from the writer, and may continue at any time. Changes nothing that it reads.
 */
export function* encodeText(families: readonly FamilyView[], exposition: TextExposition): Generator<void> {
  const { writer, format } = exposition
  const names = new Set(families.map((family) => family.name))
  for (const family of families) {
    const head = familyHead(family, format, names)
    writer.text(head.header)
    for (const part of family.parts)
      yield* writers[family.kind]({ ...exposition, head, family, part, series: part.series() })
  }
  if (format === 'openmetrics') writer.text('# EOF\n')
}

/** One part of a family while it is written. */
interface Section extends TextExposition {
  readonly head: FamilyHead
  readonly family: FamilyView
  readonly part: FamilyPart
  readonly series: SeriesReader
}

const writers: Readonly<Record<FamilyView['kind'], (section: Section) => Generator<void>>> = {
  counter: writeNumbers,
  up_down_counter: writeNumbers,
  gauge: writeNumbers,
  info: writeNumbers,
  histogram: writeHistograms,
  exponential_histogram: writeExponentials,
  summary: writeSummaries,
  state_set: writeStateSets,
}

function* writeNumbers(section: Section) {
  const { writer, series, chunkBytes } = section
  const template = templateOf(section)
  const hasExemplars = section.head.takesExemplars && series.hasExemplars
  let poolView = viewOf(series.pool)
  while (series.next()) {
    template.write(writer, series, poolView, 0)
    writer.number(series.value)
    if (hasExemplars) writeExemplar(writer, series.exemplar())
    writer.byte(LINE_BREAK)
    if (writer.position >= chunkBytes) {
      yield
      poolView = viewOf(series.pool)
    }
  }
}

function* writeHistograms(section: Section) {
  const { writer, series, format, chunkBytes } = section
  const { bounds } = section.family
  const extras = [...bounds, Infinity].map((bound) => `le="${labelNumber(bound, format)}"`)
  const bucketLine = templateOf(section, '_bucket', extras)
  const sumLine = templateOf(section, '_sum')
  const countLine = templateOf(section, '_count')
  const hasNegativeBounds = bounds[0] < 0
  const hasExemplars = section.head.takesExemplars && series.hasExemplars
  while (series.next()) {
    const poolView = viewOf(series.pool)
    let count = 0
    for (let i = 0; i <= bounds.length; i++) {
      count += series.bucketCount(i)
      bucketLine.write(writer, series, poolView, i)
      writer.number(count)
      if (hasExemplars) writeExemplar(writer, series.exemplar(i))
      writer.byte(LINE_BREAK)
    }
    const { sum } = series
    if (hasTotals(format, hasNegativeBounds ? -1 : sum)) {
      const target = { writer, series, poolView }
      writeLine(target, sumLine, sum)
      writeLine(target, countLine, count)
    }
    if (writer.position >= chunkBytes) yield
  }
}

function* writeExponentials(section: Section) {
  const { writer, series, format, chunkBytes } = section
  const sumLine = templateOf(section, '_sum')
  const countLine = templateOf(section, '_count')
  while (series.next()) {
    const target = { writer, series, poolView: viewOf(series.pool) }
    const { buckets, sum, count } = classicBuckets(series.exponential)
    const extras = buckets.map(({ bound }) => `le="${labelNumber(bound, format)}"`)
    const bucketLine = templateOf(section, '_bucket', extras)
    buckets.forEach((bucket, i) => writeLine(target, bucketLine, bucket.count, i))
    if (hasTotals(format, sum)) {
      writeLine(target, sumLine, sum)
      writeLine(target, countLine, count)
    }
    if (writer.position >= chunkBytes) yield
  }
}

function* writeSummaries(section: Section) {
  const { writer, series, format, chunkBytes } = section
  const extras = section.family.quantiles.map((quantile) => `quantile="${labelNumber(quantile, format)}"`)
  const quantileLine = templateOf(section, '', extras)
  const sumLine = templateOf(section, '_sum')
  const countLine = templateOf(section, '_count')
  while (series.next()) {
    const target = { writer, series, poolView: viewOf(series.pool) }
    const { sum, count } = series
    for (const [i, value] of series.quantileValues().entries())
      // Source: OpenMetrics 1.0.0, "Summary": quantiles are not negative
      if (format === 'text' || !(value < 0)) writeLine(target, quantileLine, value, i)
    if (hasTotals(format, sum)) {
      writeLine(target, sumLine, sum)
      writeLine(target, countLine, count)
    }
    if (writer.position >= chunkBytes) yield
  }
}

/** Source: OpenMetrics 1.0.0, "StateSet": the label that names the state has the family's name. */
function* writeStateSets(section: Section) {
  const { writer, series, chunkBytes } = section
  const { sampleName } = section.head
  const extras = section.family.states.map((state) => `${sampleName}="${escapeLabelValue(state)}"`)
  const template = templateOf(section, '', extras)
  while (series.next()) {
    const target = { writer, series, poolView: viewOf(series.pool) }
    extras.forEach((_, i) => writeLine(target, template, series.isOn(i) ? 1 : 0, i))
    if (writer.position >= chunkBytes) yield
  }
}

function templateOf({ head, family, part }: Section, suffix = '', extras?: readonly string[]): LineTemplate {
  return new LineTemplate(head.sampleName + suffix, family, part, extras)
}

/**
 * In OpenMetrics a sum is a counter. With a negative sum or negative bounds, sum and count are left out.
 * Source: OpenMetrics 1.0.0, "Histogram" and "Summary".
 */
function hasTotals(format: TextFormat, sum: number): boolean {
  return format === 'text' || sum >= 0
}

/** Where a line is written, and the series with the bytes of its labels. */
interface LineTarget {
  readonly writer: ByteWriter
  readonly series: SeriesReader
  readonly poolView: DataView
}

/** Writes one line; the hottest loops write theirs in place. */
function writeLine(target: LineTarget, template: LineTemplate, value: number, extra = 0): void {
  const { writer, series, poolView } = target
  template.write(writer, series, poolView, extra)
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
  writer.byte(SPACE)
  writer.number(exemplar.timestampSeconds)
}

function viewOf(pool: StringPool): DataView {
  return new DataView(pool.bytes.buffer)
}
