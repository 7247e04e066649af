import { toBinary } from '@bufbuild/protobuf'
import { decodeProtobuf, familySchema } from '../support/decode-protobuf.js'
import type { Document, DocumentFormat } from './receivers.js'
import type { Recorded } from './registries.js'

/** A mistake that an encoder could make. */
export interface Mistake {
  readonly name: string
  readonly format: DocumentFormat
  /** Receivers that do not get it, because it crashes them. */
  readonly skippedReceivers?: readonly string[]
  /** Returns the document with the mistake. */
  apply(document: Document): Document | Promise<Document>
}

/** The registry that the mistakes are applied to: instruments and values that show each of them. */
export const mistakeRegistry: readonly Recorded[] = [
  {
    definition: { kind: 'counter', name: 'requests_total', help: 'Requests\nserved', labels: { l_path: {} } },
    series: [
      { labels: ['/a'], values: [3] },
      { labels: ['quote " slash \\ break \n end'], values: [0.1] },
      { labels: ['tab\tand ünï 💧'], values: [2 ** 53] },
    ],
  },
  {
    definition: { kind: 'gauge', name: 'heat', help: 'Heat', labels: { l_room: {} } },
    series: [
      { labels: ['x'], values: [-0.25] },
      { labels: ['y'], values: [Number.POSITIVE_INFINITY] },
      { labels: ['z'], values: [1 / 3] },
    ],
  },
  {
    definition: {
      kind: 'histogram',
      name: 'wait_seconds',
      help: 'Waiting',
      unit: 'seconds',
      bounds: [0.1, 1, 2.5],
    },
    series: [{ labels: [], values: [0.05, 0.7, 2, 9] }],
  },
  {
    definition: { kind: 'exponential_histogram', name: 'size', help: 'Sizes' },
    series: [{ labels: [], values: [0, 1, 1.5, 3, 3, 700] }],
  },
  { definition: { kind: 'summary', name: 'lag', help: 'Lag' }, series: [{ labels: [], values: [1, 2, 3] }] },
  {
    definition: { kind: 'info', name: 'build_info', help: 'Build', labels: { l_version: {} } },
    series: [{ labels: ['1.2.3'], values: [1] }],
  },
]

type Edit = (text: string) => string

const replace =
  (from: string | RegExp, to: string): Edit =>
  (text) =>
    text.replace(from, to)
const dropLine =
  (pattern: RegExp): Edit =>
  (text) =>
    text
      .split('\n')
      .filter((line) => !pattern.test(line))
      .join('\n')

const inBoth: readonly (readonly [name: string, edit: Edit])[] = [
  ['a quote in a label is not escaped', replace('quote \\"', 'quote "')],
  ['a line break in a label is not escaped', replace(/break \\n/, 'break \n')],
  ['a backslash in a label is not escaped', replace('slash \\\\ break', 'slash \\ break')],
  ['a label is escaped twice', replace('slash \\\\ break', 'slash \\\\\\\\ break')],
  ['a line break in help is not escaped', replace('Requests\\n', 'Requests\n')],
  ['a label value does not end', replace('"/a"} 3', '"/a} 3')],
  ['a label value is not quoted', replace('"/a"}', '/a}')],
  ['a label name has a hyphen', replace(/l_room=/g, 'l-room=')],
  ['a metric name has a hyphen', replace(/^heat\{/gm, 'he-at{')],
  ['two labels have no comma between them', replace('l_room="x"', 'l_room="x"l_b="y"')],
  ['a label occurs twice in a series', replace('l_room="x"', 'l_room="x",l_room="x"')],
  ['a label is lost', replace('{l_room="x"}', '')],
  ['the closing brace is lost', replace('{l_room="x"} ', '{l_room="x" ')],
  ['Infinity is written for +Inf', replace(/\} \+Inf$/m, '} Infinity')],
  ['a value is empty', replace(/(l_room="x"\}) .*$/m, '$1 ')],
  ['a value has a comma for its point', replace('-0.25', '-0,25')],
  ['a value loses its sign', replace('-0.25', '0.25')],
  ['a value is rounded to single precision', replace(String(1 / 3), String(Math.fround(1 / 3)))],
  ['a large integer loses its last digit', replace('9007199254740992', '900719925474099')],
  ['two values run together', replace('} 3\n', '} 3 4\n')],
  ['a series is written twice', replace(/^(heat\{l_room="x"\} .*)$/m, '$1\n$1')],
  ['a series is lost', dropLine(/^heat\{l_room="z"\}/)],
  ['a bucket is lost', dropLine(/^wait_seconds_bucket\{le="1(\.0)?"\}/)],
  ['the +Inf bucket is lost', dropLine(/^wait_seconds_bucket\{le="\+Inf"\}/)],
  ['buckets are not cumulative', replace(/(le="2.5"\}) 3/, '$1 1')],
  ['the count differs from the buckets', replace(/^wait_seconds_count 4/m, 'wait_seconds_count 5')],
  ['the sum is lost', dropLine(/^wait_seconds_sum/)],
  ['a bucket has no bound', replace('wait_seconds_bucket{le="0.1"}', 'wait_seconds_bucket')],
  ['a type is written twice', replace(/^(# TYPE heat gauge)$/m, '$1\n$1')],
  ['a type does not exist', replace('# TYPE heat gauge', '# TYPE heat guage')],
  [
    'a family is written in two places',
    (text) =>
      text.replace(/^(heat\{l_room="x"\} .*)\n/m, '').replace(/^(# \w+ lag )/m, 'heat{l_room="x"} -0.25\n$1'),
  ],
  ['lines end as on Windows', replace(/\n/g, '\r\n')],
  ['a byte is not UTF-8', (text) => text.replace('ünï', '\u0000\u0001latin1\u0001\u0000')],
  ['a NUL is between two series', replace(/^heat\{l_room="y"/m, '\u0000heat{l_room="y"')],
  ['the body is cut in the middle of a line', (text) => text.slice(0, text.indexOf('l_room="y"') + 4)],
]

const inText: readonly (readonly [string, Edit])[] = [
  ['the last line does not end', (text) => text.trimEnd()],
  ['the text format has an exemplar', replace('"/a"} 3', '"/a"} 3 # {trace="x"} 1')],
]

const inOpenMetrics: readonly (readonly [string, Edit])[] = [
  ['# EOF is missing', dropLine(/^# EOF/)],
  ['something follows # EOF', (text) => `${text}heat{l_room="w"} 1\n`],
  ['a counter’s family keeps _total', replace(/^# (TYPE|HELP) requests( |$)/gm, '# $1 requests_total$2')],
  ['a counter’s sample lacks _total', replace(/^requests_total\{/gm, 'requests{')],
  ['an empty line is between families', replace('# TYPE heat', '\n# TYPE heat')],
  ['a comment is between families', replace('# TYPE heat', '# by hand\n# TYPE heat')],
  ['a unit is not the end of the name', replace('# UNIT wait_seconds seconds', '# UNIT wait_seconds bytes')],
  ['a gauge has an exemplar', replace('l_room="x"} -0.25', 'l_room="x"} -0.25 # {trace="x"} 1')],
  ['an exemplar is too long', replace('"/a"} 3', `"/a"} 3 # {trace="${'x'.repeat(130)}"} 1`)],
]

type EditFamilies = (families: any[]) => void

const find = (families: any[], name: string) => families.find((family) => family.name === name)

const inProtobuf: readonly (readonly [string, EditFamilies])[] = [
  ['a label pair has no value', (all) => (find(all, 'heat').metric[0].label[0].value = '')],
  [
    'a label is written twice',
    (all) => find(all, 'heat').metric[0].label.push(find(all, 'heat').metric[0].label[0]),
  ],
  ['a series is written twice', (all) => find(all, 'heat').metric.push(find(all, 'heat').metric[0])],
  ['a series is lost', (all) => find(all, 'heat').metric.pop()],
  ['a gauge is written as a counter', (all) => (find(all, 'heat').type = 0)],
  [
    'a value is rounded to single precision',
    (all) => (find(all, 'heat').metric[2].gauge.value = Math.fround(1 / 3)),
  ],
  ['a bucket is lost', (all) => find(all, 'wait_seconds').metric[0].histogram.bucket.splice(1, 1)],
  [
    'the count differs from the buckets',
    (all) => (find(all, 'wait_seconds').metric[0].histogram.sampleCount = 5n),
  ],
  [
    'a native count differs from its buckets',
    (all) => find(all, 'size').metric[0].histogram.positiveDelta.splice(0, 1, 7n),
  ],
  [
    'spans and deltas differ in length',
    (all) => find(all, 'size').metric[0].histogram.positiveDelta.push(1n),
  ],
  [
    'counts are written where deltas belong',
    (all) => (find(all, 'size').metric[0].histogram.positiveDelta = [1n, 1n, 2n, 1n]),
  ],
  ['the zero bucket is lost', (all) => (find(all, 'size').metric[0].histogram.zeroCount = 0n)],
]

const inBytes: readonly (readonly [string, (body: Uint8Array) => Uint8Array])[] = [
  ['the last message is cut', (body) => body.slice(0, -3)],
  ['a length is one too long', (body) => changed(body, 0, body[0] + 1)],
  ['a length is one too short', (body) => changed(body, 0, body[0] - 1)],
  ['doubles are written with the highest byte first', swapDouble],
]

/** Every mistake, with its format. */
export const mistakes: readonly Mistake[] = [
  ...(['text', 'openmetrics'] as const).flatMap((format) =>
    [...inBoth, ...(format === 'text' ? inText : inOpenMetrics)].map(([name, edit]) =>
      textMistake(name, format, edit),
    ),
  ),
  ...inProtobuf.map(([name, edit]) => familyMistake(name, edit)),
  ...inBytes.map(([name, edit]): Mistake => ({
    name,
    format: 'protobuf',
    apply: (document) => ({ ...document, body: edit(document.body) }),
  })),
]

function textMistake(name: string, format: DocumentFormat, edit: Edit): Mistake {
  return {
    name,
    format,
    apply: (document) => {
      const text = edit(new TextDecoder().decode(document.body))
      const bytes = new TextEncoder().encode(text)
      // U+0000 U+0001 marks the bytes that become invalid UTF-8
      const at = bytes.findIndex((byte, i) => byte === 0 && bytes[i + 1] === 1)
      return { ...document, body: at < 0 ? bytes : changed(changed(bytes, at, 0xff), at + 1, 0xfe) }
    },
  }
}

function familyMistake(name: string, edit: EditFamilies): Mistake {
  return {
    name,
    format: 'protobuf',
    // Prometheus 2.42 panics
    ...(name === 'spans and deltas differ in length' && { skippedReceivers: ['Prometheus'] }),
    apply: async (document) => {
      const families = await decodeProtobuf(document.body)
      edit(families as any[])
      const parts = families.map((family) => delimited(toBinary(familySchema, family as never)))
      return { ...document, body: Uint8Array.from(parts.flatMap((part) => [...part])) }
    },
  }
}

function delimited(message: Uint8Array): number[] {
  const length: number[] = []
  let rest = message.length
  for (; rest >= 0x80; rest >>>= 7) length.push((rest & 0x7f) | 0x80)
  return [...length, rest, ...message]
}

function changed(body: Uint8Array, at: number, byte: number): Uint8Array {
  return Uint8Array.from(body, (own, i) => (i === at ? byte : own))
}

function swapDouble(body: Uint8Array): Uint8Array {
  const needle = new Uint8Array(new Float64Array([-0.25]).buffer)
  const at = body.findIndex((_, i) => needle.every((byte, k) => body[i + k] === byte))
  return Uint8Array.from(body, (own, i) => (i >= at && i < at + 8 ? needle[7 - (i - at)] : own))
}
