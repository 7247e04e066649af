import { describeValue } from '../errors/describe.js'
import { didYouMean } from '../errors/did-you-mean.js'
import { isPlainObject } from '../errors/option-check.js'
import {
  labelDefinition,
  privacyClasses,
  reductions,
  seriesKind,
  type InstrumentDefinition,
  type LabelSpec,
  type LabelSpecs,
} from './definition.js'

// Source: Prometheus data model, "Metric names and labels".
const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
// two leading underscores are for Prometheus itself
const labelName = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/

const kinds: readonly string[] = [
  'counter',
  'up_down_counter',
  'gauge',
  'histogram',
  'exponential_histogram',
  'summary',
  'info',
  'state_set',
  'rate',
  'timer',
] satisfies InstrumentDefinition['kind'][]

/** Everything that is wrong with a definition, one phrase each; empty for a good one. */
export function issuesOf(definition: InstrumentDefinition, constantLabels: readonly string[]): string[] {
  if (typeof definition !== 'object' || definition === null)
    return [`was ${describeValue(definition)}, expected an object`]
  const issues: string[] = []
  const expect: Expect = (ok, path, value, expected) => {
    if (!ok) issues.push(`${path} was ${describeValue(value)}, expected ${expected}`)
  }
  const { name, help, kind, unit, dottedName } = definition
  expect(typeof name === 'string' && metricName.test(name), 'name', name, 'letters, digits, "_" and ":"')
  // a format writes the state in a label of that name, and label names have no colon
  const hasColon = typeof name === 'string' && name.includes(':')
  const isLabel = !hasColon && !(typeof name === 'string' && name.startsWith('__'))
  if (kind === 'state_set') expect(isLabel, 'name', name, 'no ":" and no leading "__" for a state set')
  expect(typeof help === 'string', 'help', help, 'a sentence')
  expect(unit === undefined || typeof unit === 'string', 'unit', unit, 'a string')
  expect(dottedName === undefined || typeof dottedName === 'string', 'dottedName', dottedName, 'a string')
  expect(kinds.includes(kind), 'kind', kind, `one of ${kinds.join(', ')}`)
  expectChoice(definition, 'over', ['histogram', 'exponential_histogram', 'summary'], expect)
  expectChoice(definition, 'lifetime', ['collect', 'event'], expect)
  expectChoice(definition, 'reduce', reductions, expect)
  expectFields(definition, issues)
  expectLabels(definition, constantLabels, expect)
  expectNumbers(definition, expect)
  return issues
}

/** What every kind may have beside the fields of its own. */
const commonFields = ['kind', 'name', 'help', 'unit', 'dottedName', 'labels', 'seriesLimit']

const ownFields: Readonly<Record<InstrumentDefinition['kind'], readonly string[]>> = {
  counter: ['lifetime'],
  up_down_counter: [],
  gauge: ['lifetime', 'reduce'],
  histogram: ['lifetime', 'bounds'],
  exponential_histogram: ['lifetime', 'maxBuckets'],
  summary: ['lifetime', 'quantiles', 'windowMs'],
  info: [],
  state_set: ['states'],
  rate: ['of', 'windowMs'],
  timer: ['over', 'bounds', 'quantiles', 'windowMs', 'maxBuckets'],
}

/** A field that nobody reads is a mistake: prom-client's `buckets` would give other buckets than were meant. */
function expectFields(definition: InstrumentDefinition, issues: string[]): void {
  if (!kinds.includes(definition.kind)) return
  const known = [...commonFields, ...ownFields[definition.kind]]
  for (const field of Object.keys(definition))
    if (!known.includes(field))
      issues.push(`${field} is not a field of a ${definition.kind}${didYouMean(field, known)}`)
}

type Expect = (ok: boolean, path: string, value: unknown, expected: string) => void

function expectChoice(
  definition: InstrumentDefinition,
  path: 'over' | 'lifetime' | 'reduce',
  choices: readonly string[],
  expect: Expect,
): void {
  const value = (definition as Partial<Record<'over' | 'lifetime' | 'reduce', string>>)[path]
  expect(value === undefined || choices.includes(value), path, value, `one of ${choices.join(', ')}`)
}

function expectLabels(
  definition: InstrumentDefinition,
  constantLabels: readonly string[],
  expect: Expect,
): void {
  const { labels = {} } = definition as { labels?: LabelSpecs }
  expect(isPlainObject(labels), 'labels', labels, 'an object of label names')
  const names = isPlainObject(labels) ? Object.keys(labels) : []
  for (const name of names) {
    const free = !isReserved(name, definition) && !constantLabels.includes(name)
    const expected = "a label name that neither the formats nor the host's constant labels hold"
    expect(labelName.test(name) && free, `label ${name}`, name, expected)
    expectSpec(name, labels[name], expect)
  }
  for (const name of constantLabels)
    expect(
      !isReserved(name, definition),
      `constant label ${name}`,
      name,
      'a label name that the formats do not hold',
    )
}

function expectSpec(name: string, spec: LabelSpec, expect: Expect): void {
  const { values, privacy, dottedName } = labelDefinition(spec ?? {})
  const isText = dottedName === undefined || (typeof dottedName === 'string' && dottedName !== '')
  expect(isText, `labels.${name}.dottedName`, dottedName, 'a string that is not empty')
  const areTexts =
    Array.isArray(values) && values.length > 0 && values.every((value) => typeof value === 'string')
  const expected = 'a list of strings, or an object for an open label'
  expect(values === undefined || areTexts, `labels.${name}`, spec, expected)
  const isClass = privacy === undefined || privacyClasses.includes(privacy)
  expect(isClass, `labels.${name}.privacy`, privacy, `one of ${privacyClasses.join(', ')}`)
}

/** Names that a format writes itself beside the labels. */
function isReserved(name: string, definition: InstrumentDefinition): boolean {
  const kind = seriesKind(definition)
  if (name === 'le') return kind === 'histogram' || kind === 'exponential_histogram'
  if (name === 'quantile') return kind === 'summary'
  return name === '__name__' || (kind === 'state_set' && name === definition.name)
}

function expectNumbers(definition: InstrumentDefinition, expect: Expect): void {
  const given = definition as {
    bounds?: unknown
    quantiles?: unknown
    states?: unknown
    seriesLimit?: unknown
    maxBuckets?: unknown
    windowMs?: unknown
  }
  const { bounds, quantiles, states, seriesLimit, maxBuckets, windowMs } = given
  if (bounds !== undefined) expect(isAscending(bounds), 'bounds', bounds, 'finite numbers in ascending order')
  if (quantiles !== undefined)
    expect(
      isAscending(quantiles) && quantiles.every((q) => q >= 0 && q <= 1),
      'quantiles',
      quantiles,
      'ascending numbers from 0 to 1',
    )
  if (definition.kind === 'state_set') {
    const ok =
      Array.isArray(states) &&
      states.length > 0 &&
      new Set(states).size === states.length &&
      states.every((s) => typeof s === 'string' && s.isWellFormed() && !s.includes('\0'))
    expect(ok, 'states', states, 'a list of different strings without NUL and lone surrogates')
  }
  for (const [path, value, min] of [
    ['seriesLimit', seriesLimit, 1],
    ['maxBuckets', maxBuckets, 4],
    ['windowMs', windowMs, 1],
  ] as const)
    if (value !== undefined)
      expect(Number.isInteger(value) && (value as number) >= min, path, value, `an integer of ${min} or more`)
}

function isAscending(values: unknown): values is number[] {
  return Array.isArray(values) && values.every((v, i) => Number.isFinite(v) && (i === 0 || v > values[i - 1]))
}
