import type { FamilyView, SeriesReader, StoredExemplar } from '@tidegauge/core'
import { classicBuckets } from '../classic-buckets.js'
import { writeLabel } from './label-template.js'
import { isNative, writeNative } from './native-histogram.js'
import { ProtoWriter, tag } from './proto-writer.js'

/** How exponential histograms are written: as native histograms, as classic ones at powers of two, or as both. */
export type HistogramForm = 'native' | 'classic' | 'both'

/** Fields of `Metric`. Source: prometheus/client_model, metrics.proto. */
const GAUGE = tag(2, 'bytes')
const COUNTER = tag(3, 'bytes')
const SUMMARY = tag(4, 'bytes')
const HISTOGRAM = tag(7, 'bytes')

const VALUE = tag(1, 'double')
const SAMPLE_COUNT = tag(1, 'varint')
const SAMPLE_SUM = tag(2, 'double')
const CREATED = { counter: tag(3, 'bytes'), summary: tag(4, 'bytes'), histogram: tag(15, 'bytes') }
const COUNTER_EXEMPLAR = tag(2, 'bytes')
const QUANTILE = tag(3, 'bytes')
const BUCKET = tag(3, 'bytes')
const HISTOGRAM_EXEMPLARS = tag(16, 'bytes')
const BUCKET_EXEMPLAR = tag(3, 'bytes')

/** What a body writer needs. */
export interface BodyContext {
  readonly writer: ProtoWriter
  readonly series: SeriesReader
  /** Upper bounds of a histogram without `+Inf`. */
  readonly bounds: readonly number[]
  /** Quantiles of a summary. */
  readonly quantiles: readonly number[]
  readonly form: HistogramForm
}

/** Write what follows the labels in a `Metric`, for the kinds whose length is not known in advance. */
export const bodyWriters = {
  counter: writeCounter,
  histogram: writeHistogram,
  exponential_histogram: writeExponential,
  summary: writeSummary,
} satisfies Partial<Record<FamilyView['kind'], (context: BodyContext) => void>>

/** The bytes of a gauge. */
export const GAUGE_LENGTH = 11

/** Writes a gauge of {@link GAUGE_LENGTH} bytes. */
export function writeGauge(writer: ProtoWriter, value: number): void {
  writer.byte(GAUGE)
  writer.byte(9)
  writer.doubleField(VALUE, value)
}

/** The bytes of a counter without an exemplar. */
export function plainCounterLength(createdMs: number | undefined): number {
  return 2 + 9 + timestampBytes(createdMs, CREATED.counter).length
}

/** Writes a counter of {@link plainCounterLength} bytes. */
export function writePlainCounter(writer: ProtoWriter, value: number, createdMs: number | undefined): void {
  const created = timestampBytes(createdMs, CREATED.counter)
  writer.byte(COUNTER)
  writer.byte(9 + created.length)
  writer.doubleField(VALUE, value)
  writer.copy(created.view, 0, created.length)
}

const noBytes = { view: new DataView(new ArrayBuffer(0)), length: 0 }

/** The latest timestamp as bytes. Many series are created at the same time, so most need no new one. */
let latest = { ms: Number.NaN, field: 0, ...noBytes }

function timestampBytes(
  ms: number | undefined,
  field: number,
): { readonly view: DataView; readonly length: number } {
  if (ms === undefined) return noBytes
  if (latest.ms !== ms || latest.field !== field) {
    const writer = new ProtoWriter(new Uint8Array(128))
    writeTimestamp(writer, field, ms)
    latest = { ms, field, view: new DataView(writer.written.buffer), length: writer.position }
  }
  return latest
}

function writeCounter({ writer, series }: BodyContext): void {
  writer.byte(COUNTER)
  const at = writer.startField()
  writer.doubleField(VALUE, series.value)
  if (series.hasExemplars) writeExemplar(writer, COUNTER_EXEMPLAR, series.exemplar())
  writeTimestamp(writer, CREATED.counter, series.createdMs)
  writer.endField(at)
}

function writeHistogram({ writer, series, bounds }: BodyContext): void {
  writer.byte(HISTOGRAM)
  const at = writer.startField()
  writer.varintField(SAMPLE_COUNT, series.count)
  writer.doubleField(SAMPLE_SUM, series.sum)
  const { hasExemplars } = series
  let cumulative = 0
  for (let i = 0; i <= bounds.length; i++) {
    cumulative += series.bucketCount(i)
    const exemplar = hasExemplars ? series.exemplar(i) : undefined
    writeBucket(writer, cumulative, i < bounds.length ? bounds[i] : Infinity, exemplar)
  }
  writeTimestamp(writer, CREATED.histogram, series.createdMs)
  writer.endField(at)
}

function writeExponential({ writer, series, form }: BodyContext): void {
  const state = series.exponential
  const native = form !== 'classic' && isNative(state)
  writer.byte(HISTOGRAM)
  const at = writer.startField()
  writer.varintField(SAMPLE_COUNT, state.count)
  writer.doubleField(SAMPLE_SUM, state.sum)
  if (form !== 'native' || !native)
    for (const { count, bound } of classicBuckets(state).buckets) writeBucket(writer, count, bound)
  if (native) writeNative(writer, state)
  writeTimestamp(writer, CREATED.histogram, series.createdMs)
  if (native && series.hasExemplars) writeExemplar(writer, HISTOGRAM_EXEMPLARS, series.exemplar())
  writer.endField(at)
}

function writeSummary({ writer, series, quantiles }: BodyContext): void {
  writer.byte(SUMMARY)
  const at = writer.startField()
  writer.varintField(SAMPLE_COUNT, series.count)
  writer.doubleField(SAMPLE_SUM, series.sum)
  for (const [i, value] of series.quantileValues().entries()) {
    writer.byte(QUANTILE)
    writer.byte(18)
    writer.doubleField(tag(1, 'double'), quantiles[i])
    writer.doubleField(tag(2, 'double'), value)
  }
  writeTimestamp(writer, CREATED.summary, series.createdMs)
  writer.endField(at)
}

function writeBucket(writer: ProtoWriter, count: number, bound: number, exemplar?: StoredExemplar): void {
  writer.byte(BUCKET)
  const at = writer.startField()
  writer.varintField(tag(1, 'varint'), count)
  writer.doubleField(tag(2, 'double'), bound)
  if (exemplar !== undefined) writeExemplar(writer, BUCKET_EXEMPLAR, exemplar)
  writer.endField(at)
}

function writeExemplar(writer: ProtoWriter, field: number, exemplar: StoredExemplar | undefined): void {
  if (exemplar === undefined) return
  writer.varint(field)
  const at = writer.startField()
  for (const [name, value] of Object.entries(exemplar.labels)) writeLabel(writer, name, value)
  writer.doubleField(tag(2, 'double'), exemplar.value)
  writeTimestamp(writer, tag(3, 'bytes'), exemplar.timestampSeconds * 1000)
  writer.endField(at)
}

/** Source: google.protobuf.Timestamp: more than this is another second. */
const MAX_NANOS = 999_999_999

/** Writes a `google.protobuf.Timestamp`; nothing when the time is not known. */
function writeTimestamp(writer: ProtoWriter, field: number, ms: number | undefined): void {
  if (ms === undefined) return
  const seconds = Math.floor(ms / 1000)
  if (seconds < 0) return
  writer.varint(field)
  const at = writer.startField()
  writer.varintField(tag(1, 'varint'), seconds)
  writer.varintField(tag(2, 'varint'), Math.min(Math.round((ms - seconds * 1000) * 1e6), MAX_NANOS))
  writer.endField(at)
}
