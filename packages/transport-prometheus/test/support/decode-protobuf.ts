/**
 * Decodes delimited `io.prometheus.client.MetricFamily` messages with a protobuf library. The schema is written from
 * prometheus/client_model's metrics.proto, and shares no code with the encoder.
 */
import { create, createFileRegistry, type DescMessage, type Message } from '@bufbuild/protobuf'
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  timestampDate,
  file_google_protobuf_timestamp,
  type Timestamp,
} from '@bufbuild/protobuf/wkt'
import { sizeDelimitedDecodeStream } from '@bufbuild/protobuf/wire'

type Field = readonly [name: string, number: number, type: string, label?: 'repeated']

const messages: Record<string, readonly Field[]> = {
  LabelPair: [
    ['name', 1, 'string'],
    ['value', 2, 'string'],
  ],
  Gauge: [['value', 1, 'double']],
  Exemplar: [
    ['label', 1, 'LabelPair', 'repeated'],
    ['value', 2, 'double'],
    ['timestamp', 3, 'Timestamp'],
  ],
  Counter: [
    ['value', 1, 'double'],
    ['exemplar', 2, 'Exemplar'],
    ['created_timestamp', 3, 'Timestamp'],
  ],
  Quantile: [
    ['quantile', 1, 'double'],
    ['value', 2, 'double'],
  ],
  Summary: [
    ['sample_count', 1, 'uint64'],
    ['sample_sum', 2, 'double'],
    ['quantile', 3, 'Quantile', 'repeated'],
    ['created_timestamp', 4, 'Timestamp'],
  ],
  Untyped: [['value', 1, 'double']],
  Bucket: [
    ['cumulative_count', 1, 'uint64'],
    ['upper_bound', 2, 'double'],
    ['exemplar', 3, 'Exemplar'],
  ],
  BucketSpan: [
    ['offset', 1, 'sint32'],
    ['length', 2, 'uint32'],
  ],
  Histogram: [
    ['sample_count', 1, 'uint64'],
    ['sample_sum', 2, 'double'],
    ['bucket', 3, 'Bucket', 'repeated'],
    ['schema', 5, 'sint32'],
    ['zero_threshold', 6, 'double'],
    ['zero_count', 7, 'uint64'],
    ['negative_span', 9, 'BucketSpan', 'repeated'],
    ['negative_delta', 10, 'sint64', 'repeated'],
    ['positive_span', 12, 'BucketSpan', 'repeated'],
    ['positive_delta', 13, 'sint64', 'repeated'],
    ['created_timestamp', 15, 'Timestamp'],
    ['exemplars', 16, 'Exemplar', 'repeated'],
  ],
  Metric: [
    ['label', 1, 'LabelPair', 'repeated'],
    ['gauge', 2, 'Gauge'],
    ['counter', 3, 'Counter'],
    ['summary', 4, 'Summary'],
    ['untyped', 5, 'Untyped'],
    ['timestamp_ms', 6, 'int64'],
    ['histogram', 7, 'Histogram'],
  ],
  MetricFamily: [
    ['name', 1, 'string'],
    ['help', 2, 'string'],
    ['type', 3, 'uint32'],
    ['metric', 4, 'Metric', 'repeated'],
    ['unit', 5, 'string'],
  ],
}

const scalars: Record<string, Type> = {
  string: Type.STRING,
  double: Type.DOUBLE,
  uint64: Type.UINT64,
  int64: Type.INT64,
  sint64: Type.SINT64,
  sint32: Type.SINT32,
  uint32: Type.UINT32,
}

export const familySchema = schema()

/** A decoded family. Fields that the message did not have are undefined. */
export interface DecodedFamily {
  readonly name: string
  readonly help: string
  readonly type: number
  readonly unit: string
  readonly metric: any[]
}

/** Decodes every message of a body. Throws on remaining bytes and on unknown fields. */
export async function decodeProtobuf(body: Uint8Array): Promise<DecodedFamily[]> {
  const families: DecodedFamily[] = []
  const stream = (async function* () {
    yield body
  })()
  for await (const message of sizeDelimitedDecodeStream(familySchema, stream)) {
    assertKnown(message)
    families.push(message as unknown as DecodedFamily)
  }
  return families
}

/** Joins families of the same name, as receivers do. */
export function joined(families: readonly DecodedFamily[]): DecodedFamily[] {
  const byName = new Map<string, DecodedFamily>()
  for (const family of families) {
    const known = byName.get(family.name)
    if (known === undefined) byName.set(family.name, family)
    else known.metric.push(...family.metric)
  }
  return [...byName.values()]
}

export function dateOf(timestamp: Timestamp): Date {
  return timestampDate(timestamp)
}

function assertKnown(message: Message): void {
  if (message.$unknown?.length) throw new Error(`${message.$typeName} has unknown fields`)
  for (const value of Object.values(message)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (typeof one === 'object' && one !== null && '$typeName' in one) assertKnown(one as Message)
  }
}

function schema(): DescMessage {
  const field = ([name, number, type, label]: Field) => ({
    name,
    number,
    type: scalars[type] ?? Type.MESSAGE,
    label: label === 'repeated' ? Label.REPEATED : Label.OPTIONAL,
    ...(scalars[type] === undefined && {
      typeName: type === 'Timestamp' ? '.google.protobuf.Timestamp' : `.io.prometheus.client.${type}`,
    }),
  })
  const file = create(FileDescriptorProtoSchema, {
    name: 'metrics.proto',
    package: 'io.prometheus.client',
    syntax: 'proto2',
    dependency: ['google/protobuf/timestamp.proto'],
    messageType: Object.entries(messages).map(([name, fields]) => ({ name, field: fields.map(field) })),
  })
  const set = create(FileDescriptorSetSchema, { file: [file_google_protobuf_timestamp.proto, file] })
  return createFileRegistry(set).getMessage('io.prometheus.client.MetricFamily')!
}
