import { SeriesReader, type FamilyView, type Instrument, type StringPool } from '@tidegauge/core'
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

export interface ProtobufExposition {
  readonly writer: ProtoWriter
  readonly pool: StringPool
  readonly chunkBytes: number
  readonly form: HistogramForm
}

/**
 * Writes families as length-delimited `io.prometheus.client.MetricFamily` messages, and yields when a chunk is full.
 *
 * A message's length stands before it, so a message can't be written over many slices while its series come and go:
 * a family that fills a chunk goes on in a further message of the same name, which receivers read as one family.
 */
export function* encodeProtobuf(
  families: readonly FamilyView[],
  exposition: ProtobufExposition,
): Generator<void> {
  for (const family of families) yield* writeFamily(family, exposition)
}

function* writeFamily(family: FamilyView, exposition: ProtobufExposition): Generator<void> {
  const { writer, chunkBytes } = exposition
  let at = beginFamily(writer, family)
  for (const instrument of family.instruments) {
    const series = new SeriesReader(instrument, family.upTo)
    const write = metricWriter(family, instrument, series, exposition)
    let view = viewOf(exposition.pool)
    while (series.next()) {
      write(view)
      if (writer.position < chunkBytes) continue
      writer.end(at)
      yield
      view = viewOf(exposition.pool)
      at = beginFamily(writer, family)
    }
  }
  writer.end(at)
}

function beginFamily(writer: ProtoWriter, { name, help, kind, unit }: FamilyView): number {
  const at = writer.begin()
  writer.textField(NAME, name)
  writer.textField(HELP, help.toWellFormed())
  writer.varintField(TYPE, types[kind])
  if (unit !== undefined && name.endsWith(`_${unit}`)) writer.textField(UNIT, unit)
  return at
}

type WriteMetric = (poolView: DataView) => void

/** A function that writes the series that the reader stands at, as one `Metric` or, for states, several. */
function metricWriter(
  family: FamilyView,
  instrument: Instrument,
  series: SeriesReader,
  exposition: ProtobufExposition,
): WriteMetric {
  const { writer, pool, form } = exposition
  if (family.kind === 'state_set') return stateWriter(family, instrument, series, exposition)
  const labels = new LabelTemplate(instrument)
  if (!(family.kind in bodyWriters) || (family.kind === 'counter' && instrument.exemplars.size === 0))
    return plainWriter(family, labels, series, exposition)
  const writeBody = bodyWriters[family.kind as keyof typeof bodyWriters]
  return (poolView) => {
    writer.byte(METRIC)
    const at = writer.begin()
    labels.write(writer, series, pool, poolView)
    writeBody({ writer, series, form, createdMs: family.createdMs(series.serial) })
    writer.end(at)
  }
}

/** The hottest path: lengths are known before, so that nothing is moved. */
function plainWriter(
  { kind, createdMs }: FamilyView,
  labels: LabelTemplate,
  series: SeriesReader,
  { writer, pool }: ProtobufExposition,
): WriteMetric {
  if (kind !== 'counter')
    return (poolView) => {
      writer.byte(METRIC)
      writer.varint(labels.length(series, pool) + GAUGE_LENGTH)
      labels.write(writer, series, pool, poolView)
      writeGauge(writer, series.value)
    }
  return (poolView) => {
    const ms = createdMs(series.serial)
    writer.byte(METRIC)
    writer.varint(labels.length(series, pool) + plainCounterLength(ms))
    labels.write(writer, series, pool, poolView)
    writePlainCounter(writer, series.value, ms)
  }
}

function stateWriter(
  { name }: FamilyView,
  instrument: Instrument,
  series: SeriesReader,
  { writer, pool }: ProtobufExposition,
): WriteMetric {
  const templates = instrument.definition.states.map(
    (state) => new LabelTemplate(instrument, { [name]: state }),
  )
  return (poolView) => {
    for (const [i, labels] of templates.entries()) {
      writer.byte(METRIC)
      writer.varint(labels.length(series, pool) + GAUGE_LENGTH)
      labels.write(writer, series, pool, poolView)
      writeGauge(writer, series.cells[series.at + i])
    }
  }
}

function viewOf(pool: StringPool): DataView {
  return new DataView(pool.bytes.buffer)
}
