import type { FamilyPart, FamilyView, SeriesReader, StoredExemplar, StringPool } from '@tidegauge/core'
import type { ByteWriter } from './byte-writer.js'
import { classicBuckets } from './classic-buckets.js'
import { openMetricsHeads, textHead, type FamilyHead } from './family-head.js'
import { LineTemplate } from './line-template.js'
import { openMetricsNames } from './openmetrics-names.js'
import { escapeLabelValue, labelNumber, type TextFormat } from './text-format.js'

const LINE_BREAK = 10
const SPACE = 32

/** Where an exposition in text is written to, and how. */
export interface TextExposition {
  readonly writer: ByteWriter
  readonly format: TextFormat
  /** The encoder yields when the writer holds so many bytes. */
  readonly chunkBytes: number
  /** Names that families of the same document have, which somebody else writes. Default: none. */
  readonly takenNames?: Iterable<string>
}

/**
 * Writes families in text 0.0.4 or OpenMetrics 1.0.0. Yields whenever a chunk is full: the caller then takes the bytes
 * from the writer, and may continue at any time. Changes nothing that it reads.
 */
export function* encodeText(families: readonly FamilyView[], exposition: TextExposition): Generator<void> {
  const { writer, format, takenNames } = exposition
  const names = format === 'openmetrics' ? openMetricsNames(families, takenNames) : undefined
  for (const family of families) {
    const heads = names === undefined ? [textHead(family)] : openMetricsHeads(family, names.get(family))
    for (const head of heads) yield* writeFamily(family, head, exposition)
  }
  if (format === 'openmetrics') writer.text('# EOF\n')
}

function* writeFamily(family: FamilyView, head: FamilyHead, exposition: TextExposition): Generator<void> {
  exposition.writer.text(head.header)
  for (const part of family.parts) {
    const series = part.series()
    const poolView = viewOf(series.pool)
    yield* writers[family.kind]({ ...exposition, head, family, part, series, poolView })
  }
}

/** One part of a family while it is written. */
interface Section extends TextExposition {
  readonly head: FamilyHead
  readonly family: FamilyView
  readonly part: FamilyPart
  readonly series: SeriesReader
  /** The bytes of the label values; not valid after a `yield`. */
  poolView: DataView
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
  let { poolView } = section
  const template = templateOf(section)
  const hasExemplars = section.head.takesExemplars && series.hasExemplars
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
  const { writer, series, format } = section
  const { bounds } = section.family
  const extras = [...bounds, Infinity].map((bound) => `le="${labelNumber(bound, format)}"`)
  const bucketLine = templateOf(section, '_bucket', extras)
  const writeTotals = totalsWriter(section)
  const hasExemplars = section.head.takesExemplars && series.hasExemplars
  yield* eachSeries(section, () => {
    let count = 0
    for (let i = 0; i <= bounds.length; i++) {
      count += series.bucketCount(i)
      if (!section.head.written.values) continue
      bucketLine.write(writer, series, section.poolView, i)
      writer.number(count)
      if (hasExemplars) writeExemplar(writer, series.exemplar(i))
      writer.byte(LINE_BREAK)
    }
    writeTotals(series.sum, count)
  })
}

function* writeExponentials(section: Section) {
  const { series, format } = section
  const writeTotals = totalsWriter(section)
  yield* eachSeries(section, () => {
    const { buckets, sum, count } = classicBuckets(series.exponential)
    const extras = buckets.map(({ bound }) => `le="${labelNumber(bound, format)}"`)
    const bucketLine = templateOf(section, '_bucket', extras)
    if (section.head.written.values)
      for (const [i, bucket] of buckets.entries()) writeLine(section, bucketLine, bucket.count, i)
    writeTotals(sum, count)
  })
}

function* writeSummaries(section: Section) {
  const { series, format, family } = section
  const extras = family.quantiles.map((quantile) => `quantile="${labelNumber(quantile, format)}"`)
  const quantileLine = templateOf(section, '', extras)
  const writeTotals = totalsWriter(section)
  yield* eachSeries(section, () => {
    if (section.head.written.values)
      for (const [i, value] of series.quantileValues().entries()) writeLine(section, quantileLine, value, i)
    writeTotals(series.sum, series.count)
  })
}

/** Source: OpenMetrics 1.0.0, "StateSet": the label that names the state has the family's name. */
function* writeStateSets(section: Section) {
  const { series, family, head } = section
  const extras = family.states.map((state) => `${head.sampleName}="${escapeLabelValue(state)}"`)
  const template = templateOf(section, '', extras)
  yield* eachSeries(section, () => {
    for (const i of extras.keys()) writeLine(section, template, series.isOn(i) ? 1 : 0, i)
  })
}

/** Walks the series of a section, and yields when a chunk is full. */
function* eachSeries(section: Section, write: () => void) {
  const { writer, series, chunkBytes } = section
  while (series.next()) {
    write()
    if (writer.position < chunkBytes) continue
    yield
    section.poolView = viewOf(series.pool)
  }
}

function templateOf({ head, family, part }: Section, suffix = '', extras?: readonly string[]): LineTemplate {
  return new LineTemplate(head.sampleName + suffix, family, part, extras)
}

/**
 * Returns a function that writes sum and count. In OpenMetrics a sum is a counter: one that has become negative since
 * the header was written is left out of this one document, with its count.
 */
function totalsWriter(section: Section): (sum: number, count: number) => void {
  const sumLine = templateOf(section, '_sum')
  const countLine = templateOf(section, '_count')
  const { written } = section.head
  const isCounter = section.format === 'openmetrics' && written.values
  return (sum, count) => {
    if (isCounter && !(sum >= 0)) return
    if (written.sum) writeLine(section, sumLine, sum)
    if (written.count) writeLine(section, countLine, count)
  }
}

/** Writes one line of the present series; the hottest loops write theirs in place. */
function writeLine(section: Section, template: LineTemplate, value: number, extra = 0): void {
  const { writer, series, poolView } = section
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
