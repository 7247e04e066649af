import type { FamilyPart, FamilyView, SeriesReader, StringPool } from '@tidegauge/core'
import { LabelTemplate } from './label-template.js'
import {
  bodyWriters,
  GAUGE_LENGTH,
  plainCounterLength,
  writeGauge,
  writePlainCounter,
  type HistogramForm,
} from './metric-bodies.js'
import { ProtoWriter, tag } from './proto-writer.js'

/** Fields of `MetricFamily`. Source: prometheus/client_model, metrics.proto. */
const NAME = tag(1, 'bytes')
const HELP = tag(2, 'bytes')
const TYPE = tag(3, 'varint')
const METRIC = tag(4, 'bytes')
const UNIT = tag(5, 'bytes')

const types: Readonly<Record<FamilyView['kind'], number>> = {
  counter: 0,
  up_down_counter: 1,
  gauge: 1,
  info: 1,
  state_set: 1,
  summary: 2,
  histogram: 4,
  exponential_histogram: 4,
}

/** Where an exposition in protobuf is written to, and how. */
export interface ProtobufExposition {
  readonly writer: ProtoWriter
  /** The encoder yields when the writer holds so many bytes. */
  readonly chunkBytes: number
  readonly form: HistogramForm
}

/**
 * Writes families as length-delimited `io.prometheus.client.MetricFamily` messages. Yields when a chunk is full.
 *
 * A message starts with its length, so it must be complete before the encoder yields. A family that fills a chunk is
 * continued in another message of the same name; receivers read both as one family.
 */
export function* encodeProtobuf(
  families: readonly FamilyView[],
  exposition: ProtobufExposition,
): Generator<void> {
  for (const family of families) yield* writeFamily(family, exposition)
}

function* writeFamily(family: FamilyView, exposition: ProtobufExposition): Generator<void> {
  const { writer, chunkBytes } = exposition
  let at = startFamily(writer, family)
  for (const part of family.parts) {
    const series = part.series()
    const write = metricWriter(family, part, series, exposition)
    let view = viewOf(series.pool)
    while (series.next()) {
      write(view)
      if (writer.position < chunkBytes) continue
      writer.endField(at)
      yield
      view = viewOf(series.pool)
      at = startFamily(writer, family)
    }
  }
  writer.endField(at)
}

function startFamily(writer: ProtoWriter, family: FamilyView): number {
  const { name, help, kind } = family
  const at = writer.startField()
  writer.textField(NAME, name)
  writer.textField(HELP, help.toWellFormed())
  writer.varintField(TYPE, types[kind])
  if (hasUnit(family)) writer.textField(UNIT, family.unit!)
  return at
}

/** Prometheus refuses a unit that a name does not end in, for counters before `_total`. Info and states have none. */
function hasUnit({ name, kind, unit }: FamilyView): boolean {
  if (unit === undefined || unit === '' || kind === 'info' || kind === 'state_set') return false
  return (kind === 'counter' ? name.replace(/_total$/, '') : name).endsWith(`_${unit}`)
}

type WriteMetric = (poolView: DataView) => void

/** Returns a function that writes the reader's present series: one `Metric`, or one for each state of a state set. */
function metricWriter(
  family: FamilyView,
  part: FamilyPart,
  series: SeriesReader,
  exposition: ProtobufExposition,
): WriteMetric {
  const { writer, form } = exposition
  if (family.kind === 'state_set') return stateWriter(family, part, series, exposition)
  const labels = new LabelTemplate(family, part)
  if (!(family.kind in bodyWriters) || (family.kind === 'counter' && !series.hasExemplars))
    return plainWriter(family, labels, series, exposition)
  const writeBody = bodyWriters[family.kind as keyof typeof bodyWriters]
  const body = { writer, series, form, bounds: family.bounds, quantiles: family.quantiles }
  return (poolView) => {
    writer.byte(METRIC)
    const at = writer.startField()
    labels.write(writer, series, poolView)
    writeBody(body)
    writer.endField(at)
  }
}

/** The hottest path: lengths are known in advance, so no bytes are moved. */
function plainWriter(
  { kind }: FamilyView,
  labels: LabelTemplate,
  series: SeriesReader,
  { writer }: ProtobufExposition,
): WriteMetric {
  if (kind !== 'counter')
    return (poolView) => {
      writer.byte(METRIC)
      writer.varint(labels.length(series) + GAUGE_LENGTH)
      labels.write(writer, series, poolView)
      writeGauge(writer, series.value)
    }
  return (poolView) => {
    const ms = series.createdMs
    writer.byte(METRIC)
    writer.varint(labels.length(series) + plainCounterLength(ms))
    labels.write(writer, series, poolView)
    writePlainCounter(writer, series.value, ms)
  }
}

function stateWriter(
  family: FamilyView,
  part: FamilyPart,
  series: SeriesReader,
  { writer }: ProtobufExposition,
): WriteMetric {
  const templates = family.states.map((state) => new LabelTemplate(family, part, { [family.name]: state }))
  return (poolView) => {
    for (const [i, labels] of templates.entries()) {
      writer.byte(METRIC)
      writer.varint(labels.length(series) + GAUGE_LENGTH)
      labels.write(writer, series, poolView)
      writeGauge(writer, series.isOn(i) ? 1 : 0)
    }
  }
}

function viewOf(pool: StringPool): DataView {
  return new DataView(pool.bytes.buffer)
}
