import type { BucketRun, ExponentialBuckets } from '@tidegauge/core'
import { tag, varintLength, zigzag, type ProtoWriter } from './proto-writer.js'

/** The schemas that Prometheus knows. Source: Prometheus, "Native Histograms", "Schema". */
const FINEST_SCHEMA = 8
const COARSEST_SCHEMA = -4
/** After more empty buckets than this, a new span starts. */
const MAX_GAP = 2

/** Fields of `Histogram`. Source: prometheus/client_model, metrics.proto. */
const SCHEMA = tag(5, 'varint')
const ZERO_THRESHOLD = tag(6, 'double')
const ZERO_COUNT = tag(7, 'varint')
const NEGATIVE = { span: tag(9, 'bytes'), delta: tag(10, 'bytes') }
const POSITIVE = { span: tag(12, 'bytes'), delta: tag(13, 'bytes') }
const SPAN_OFFSET = tag(1, 'varint')
const SPAN_LENGTH = tag(2, 'varint')

/** Whether a histogram can be written as a native one: there is no schema for coarser buckets. */
export function isNative({ scale }: ExponentialBuckets): boolean {
  return scale >= COARSEST_SCHEMA
}

/**
 * Writes the native part of a histogram: schema, zero bucket, spans and deltas. Buckets finer than schema 8 are merged.
 *
 * The zero bucket has exact zeros only. An empty histogram gets an empty span: without one, receivers would take it
 * for a classic histogram.
 */
export function writeNative(writer: ProtoWriter, state: ExponentialBuckets): void {
  const shift = Math.max(state.scale - FINEST_SCHEMA, 0)
  writer.varintField(SCHEMA, zigzag(state.scale - shift))
  writer.doubleField(ZERO_THRESHOLD, 0)
  writer.varintField(ZERO_COUNT, state.zeroCount)
  const hasNegatives = state.negative !== undefined && state.negative.length > 0
  if (hasNegatives) writeRun(writer, NEGATIVE, state.negative!, shift)
  if (state.positive.length > 0) writeRun(writer, POSITIVE, state.positive, shift)
  else if (!hasNegatives) writeSpan(writer, POSITIVE.span, 0, 0)
}

/** The filled buckets of the present run. Used again for each run, so that a scrape allocates nothing for them. */
const filled = { indexes: new Int32Array(256), counts: new Float64Array(256), length: 0 }

function writeRun(
  writer: ProtoWriter,
  fields: { readonly span: number; readonly delta: number },
  run: BucketRun,
  shift: number,
): void {
  fill(run, shift)
  let next = 0
  for (let from = 0; from < filled.length;) {
    const to = spanEnd(from)
    const [first, last] = [filled.indexes[from], filled.indexes[to - 1]]
    writeSpan(writer, fields.span, first - next, last - first + 1)
    next = last + 1
    from = to
  }
  writer.varint(fields.delta)
  const at = writer.startField()
  writeDeltas(writer)
  writer.endField(at)
}

/** Finds the filled buckets. Their index in Prometheus is one more than in OpenTelemetry. */
function fill({ start, length, counts }: BucketRun, shift: number): void {
  if (length > filled.indexes.length) {
    filled.indexes = new Int32Array(length)
    filled.counts = new Float64Array(length)
  }
  let n = 0
  for (let i = 0; i < length; i++) {
    if (counts[i] === 0) continue
    const index = ((start + i) >> shift) + 1
    if (n > 0 && filled.indexes[n - 1] === index) {
      filled.counts[n - 1] += counts[i]
      continue
    }
    filled.indexes[n] = index
    filled.counts[n++] = counts[i]
  }
  filled.length = n
}

/** The end of the span that starts at this filled bucket. */
function spanEnd(from: number): number {
  let to = from + 1
  while (to < filled.length && filled.indexes[to] - filled.indexes[to - 1] - 1 <= MAX_GAP) to++
  return to
}

/** Writes the differences of successive counts. Empty buckets inside a span are written, those between spans are not. */
function writeDeltas(writer: ProtoWriter): void {
  let previous = 0
  for (let i = 0; i < filled.length; i++) {
    const gap = i === 0 ? 0 : filled.indexes[i] - filled.indexes[i - 1] - 1
    const zeros = gap <= MAX_GAP ? gap : 0
    for (let k = 0; k < zeros; k++) {
      writer.varint(zigzag(-previous))
      previous = 0
    }
    writer.varint(zigzag(filled.counts[i] - previous))
    previous = filled.counts[i]
  }
}

function writeSpan(writer: ProtoWriter, field: number, offset: number, length: number): void {
  writer.varint(field)
  writer.varint(2 + varintLength(zigzag(offset)) + varintLength(length))
  writer.varintField(SPAN_OFFSET, zigzag(offset))
  writer.varintField(SPAN_LENGTH, length)
}
