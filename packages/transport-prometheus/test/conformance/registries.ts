import fc from 'fast-check'
import {
  createTidegauge,
  type InstrumentDefinition,
  type InstrumentTable,
  type SeriesKind,
  type Tidegauge,
} from '@tidegauge/core'
import { createMemoryTransport } from '@tidegauge/testkit'
import { prometheus } from '../../src/index.js'
import type { Document, DocumentFormat } from './receivers.js'
import { expectedSamples, type FlatSample } from './samples.js'

/** An instrument, and what is recorded in it. */
export interface Recorded {
  readonly definition: InstrumentDefinition
  /** The label values and numbers of each series. */
  readonly series: readonly { readonly labels: readonly string[]; readonly values: readonly number[] }[]
}

const oddTexts = [
  '',
  '"',
  '\\',
  '\n',
  '\\n',
  '\r',
  '\t',
  '{}',
  ',',
  '=',
  ' ',
  '#',
  '\u2028',
  '\uFEFF',
  '💧',
  '\0',
  '\uD800',
  'a'.repeat(300),
]
const text = fc.oneof(
  fc.constantFrom(...oddTexts),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ maxLength: 20 }),
)
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom(0, 0.1, 1 / 3, 1e21, 1e-7, 5e-324, Number.MAX_VALUE, Number.MAX_SAFE_INTEGER),
)
const positive = fc.oneof(
  fc.double({ min: 0, max: 1e100, noNaN: true }),
  fc.nat(),
  fc.constantFrom(0, 0.1, 2 ** 53),
)
const bounds = fc
  .uniqueArray(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 8 })
  .map((some) => some.map((bound) => (bound === 0 ? 0 : bound)).toSorted((a, b) => a - b))
const kinds: readonly SeriesKind[] = [
  'counter',
  'up_down_counter',
  'gauge',
  'histogram',
  'exponential_histogram',
  'summary',
  'info',
  'state_set',
]
const suffixes: Partial<Record<SeriesKind, readonly string[]>> = {
  counter: ['_total', ''],
  info: ['_info', ''],
}

const differentNames = fc
  .uniqueArray(fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,12}$/), { minLength: 1, maxLength: 6 })
  .map((names) => names.map((name, i) => `${name}_${'abcdef'[i]}x`))
/** Names that the formats make of each other. The host refuses those that are the same in every format. */
const clashingNames = fc.uniqueArray(
  fc.constantFrom(
    ...['', '_created', '_info', '_total', '_count', '_sum', '_bucket', '_seconds', '_created_total'].map(
      (suffix) => `a${suffix}`,
    ),
  ),
  { minLength: 2, maxLength: 6 },
)

/** Instruments of every kind, with unusual and clashing names, help, units, labels and values. */
export const registries: fc.Arbitrary<Recorded[]> = fc
  .oneof(differentNames, clashingNames)
  .chain((names) => fc.tuple(...names.map((name) => instrument(name))))

function instrument(name: string): fc.Arbitrary<Recorded> {
  return fc
    .record({
      kind: fc.constantFrom(...kinds),
      suffix: fc.nat(1),
      help: text,
      labels: fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9_]{0,6}$/), { maxLength: 3 }),
      bounds,
      unit: fc.constantFrom(undefined, '', 'seconds', 'total', 'info', 'created', 'count', 'x'),
    })
    .chain(({ kind, suffix, help, labels, bounds, unit }) => {
      const definition = {
        kind,
        name:
          (kind === 'state_set' ? `s${name.replaceAll(':', '_')}` : name) + (suffixes[kind]?.[suffix] ?? ''),
        help,
        ...(unit !== undefined && { unit }),
        // `le` and `quantile` are reserved
        labels: Object.fromEntries(labels.map((label) => [`l_${label}`, {}])),
        ...(kind === 'histogram' && { bounds }),
        ...(kind === 'state_set' && { states: ['idle', 'busy'] }),
      } as unknown as InstrumentDefinition
      const values = kind === 'counter' ? positive : number
      const row = fc.record({
        labels: fc.tuple(...labels.map(() => text)),
        values: fc.array(values, { minLength: 1, maxLength: kind.endsWith('histogram') ? 20 : 3 }),
      })
      return fc.record({ definition: fc.constant(definition), series: fc.array(row, { maxLength: 5 }) })
    })
}

/** A host with these instruments and values. */
export interface GeneratedHost {
  readonly host: Tidegauge
  expected(format: DocumentFormat): readonly FlatSample[]
  document(format: DocumentFormat): Promise<Document>
}

const accepts: Readonly<Record<DocumentFormat, string>> = {
  text: 'text/plain;version=0.0.4',
  openmetrics: 'application/openmetrics-text;version=1.0.0',
  protobuf: 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
}

/** Starts a host, and records the values. The caller stops it. */
export async function runRegistry(recorded: readonly Recorded[]): Promise<GeneratedHost> {
  const transport = prometheus({ port: 0 })
  const memory = createMemoryTransport()
  const host = createTidegauge({ selfMetrics: 'off', tolerate: 'none' }).export(transport).export(memory)
  const bounds = new Map<string, readonly number[]>()
  recorded.forEach((one, i) => {
    const { definition } = one
    const handle = register(host, `generated-${i}`, definition)
    if (handle === undefined) return
    record(handle, one)
    bounds.set(definition.name, (definition as { bounds?: number[] }).bounds ?? [])
  })
  await host.start()
  return {
    host,
    expected: (format) => expectedSamples(memory.read(), bounds, format),
    document: async (format) => {
      const answer = await fetch(transport.url!, { headers: { accept: accepts[format] } })
      const contentType = answer.headers.get('content-type')!
      return { format, contentType, body: new Uint8Array(await answer.arrayBuffer()) }
    },
  }
}

/** The handle of an instrument; undefined when the host refuses its name beside the others. */
function register(host: Tidegauge, plugin: string, definition: InstrumentDefinition): unknown {
  const table: InstrumentTable = { one: definition }
  try {
    return host.instruments(plugin, table)['one']
  } catch (thrown) {
    if ((thrown as { code?: string }).code !== 'REGISTRATION_NAME_CLASH') throw thrown
    return undefined
  }
}

function record(handle: any, { definition, series }: Recorded): void {
  const names = Object.keys(('labels' in definition && definition.labels) || {})
  for (const { labels, values } of series) {
    const given = Object.fromEntries(names.map((name, i) => [name, labels[i]]))
    const call = (method: string, ...rest: unknown[]) =>
      names.length === 0 ? handle[method](...rest) : handle[method](given, ...rest)
    if (definition.kind === 'info') handle.set(given)
    else if (definition.kind === 'state_set') call('set', values[0] > 0 ? 'busy' : 'idle')
    else if (definition.kind === 'histogram' && values[0] === Number.MAX_SAFE_INTEGER) {
      // one more would be refused
      const buckets = [Number.MAX_SAFE_INTEGER, ...(definition.bounds ?? []).map(() => 0)]
      call('setTotals', { buckets, sum: Number.MAX_VALUE })
    } else for (const value of values) call(methods[definition.kind as keyof typeof methods], value)
  }
}

const methods = {
  counter: 'inc',
  up_down_counter: 'inc',
  gauge: 'set',
  histogram: 'observe',
  exponential_histogram: 'observe',
  summary: 'observe',
}
