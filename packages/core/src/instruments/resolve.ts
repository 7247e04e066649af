import { RegistrationError } from '../errors/errors.js'
import { describeValue } from '../errors/describe.js'
import type {
  InstrumentDefinition,
  LabelDefinition,
  LabelSpec,
  LabelSpecs,
  SeriesKind,
} from './definition.js'

/** A label with its list, if closed, and its privacy class. */
export interface ResolvedLabel extends LabelDefinition {
  readonly name: string
}

/** A definition with every default filled in, checked. */
export interface ResolvedDefinition {
  readonly kind: SeriesKind
  readonly name: string
  readonly dottedName: string | undefined
  readonly help: string
  readonly unit: string | undefined
  readonly labels: readonly ResolvedLabel[]
  readonly hasOpenLabels: boolean
  readonly seriesLimit: number
  readonly lifetime: 'collect' | 'event'
  /** A histogram's upper bounds without `+Inf`; empty for other kinds. */
  readonly bounds: readonly number[]
  /** A summary's quantiles; empty for other kinds. */
  readonly quantiles: readonly number[]
  readonly states: readonly string[]
  readonly windowMs: number
  readonly maxBuckets: number
  readonly isTimer: boolean
  /** Numbers kept for each series: see {@link cellsOf}. */
  readonly cells: number
}

/** Seconds, as in the Prometheus client libraries. */
export const defaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const
export const defaultQuantiles = [0.5, 0.9, 0.99] as const
const defaultWindowMs = 600_000
const defaultMaxBuckets = 160

// Source: Prometheus data model, "Metric names and labels".
const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/** The kind that readers meet. */
export function seriesKind(definition: InstrumentDefinition): SeriesKind {
  if (definition.kind === 'rate') return 'gauge'
  if (definition.kind === 'timer') return definition.over ?? 'histogram'
  return definition.kind
}

/**
 * How many numbers a series of this kind keeps: a histogram its buckets, `+Inf` included, and then its sum;
 * a state set one for each state; a summary and an exponential histogram none (they have a state); others one.
 */
export function cellsOf(kind: SeriesKind, bounds: number, states: number): number {
  if (kind === 'histogram') return bounds + 2
  if (kind === 'state_set') return states
  return 1
}

/**
 * Checks a definition and fills in its defaults.
 * Throws `REGISTRATION_INVALID_DEFINITION` that names everything wrong with it.
 */
export function resolveDefinition(
  definition: InstrumentDefinition,
  where: { readonly plugin: string; readonly seriesLimit: number },
): ResolvedDefinition {
  const faults = faultsOf(definition)
  if (faults.length > 0) {
    const name = describeValue((definition as { name?: unknown } | undefined)?.name)
    throw new RegistrationError(
      'REGISTRATION_INVALID_DEFINITION',
      `plugin ${JSON.stringify(where.plugin)}: instrument ${name}: ${faults.join('; ')}`,
      { rejected: definition },
    )
  }
  const kind = seriesKind(definition)
  const given = definition as Partial<Record<'bounds' | 'quantiles', readonly number[]>> & {
    states?: readonly string[]
    windowMs?: number
    maxBuckets?: number
    labels?: LabelSpecs
    seriesLimit?: number
    lifetime?: 'collect' | 'event'
  }
  const labels = Object.entries(given.labels ?? {}).map(([name, spec]) => ({
    name,
    ...labelDefinition(spec),
  }))
  const bounds = kind === 'histogram' ? [...(given.bounds ?? defaultBounds)] : []
  const states = [...(given.states ?? [])]
  return {
    kind,
    name: definition.name,
    dottedName: definition.dottedName,
    help: definition.help,
    unit: definition.unit,
    labels,
    hasOpenLabels: labels.some((label) => label.values === undefined),
    seriesLimit: given.seriesLimit ?? where.seriesLimit,
    lifetime: given.lifetime ?? 'collect',
    bounds,
    quantiles: kind === 'summary' ? [...(given.quantiles ?? defaultQuantiles)] : [],
    states,
    windowMs: given.windowMs ?? defaultWindowMs,
    maxBuckets: given.maxBuckets ?? defaultMaxBuckets,
    isTimer: definition.kind === 'timer',
    cells: cellsOf(kind, bounds.length, states.length),
  }
}

/** A label's definition in its long form. */
export function labelDefinition(spec: LabelSpec): LabelDefinition {
  return Array.isArray(spec) ? { values: spec as readonly string[] } : (spec as LabelDefinition)
}

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

function faultsOf(definition: InstrumentDefinition): string[] {
  if (typeof definition !== 'object' || definition === null)
    return [`was ${describeValue(definition)}, expected an object`]
  const faults: string[] = []
  const expect = (ok: boolean, path: string, value: unknown, expected: string) => {
    if (!ok) faults.push(`${path} was ${describeValue(value)}, expected ${expected}`)
  }
  const { name, help, kind } = definition
  expect(typeof name === 'string' && metricName.test(name), 'name', name, 'letters, digits, "_" and ":"')
  expect(typeof help === 'string', 'help', help, 'a sentence')
  expect(kinds.includes(kind), 'kind', kind, `one of ${kinds.join(', ')}`)
  if ('labels' in definition) expectLabels(definition.labels ?? {}, seriesKind(definition), expect)
  expectNumbers(definition, expect)
  return faults
}

type Expect = (ok: boolean, path: string, value: unknown, expected: string) => void

function expectLabels(labels: LabelSpecs, kind: SeriesKind, expect: Expect): void {
  for (const [name, spec] of Object.entries(labels)) {
    const reserved =
      name === '__name__' ||
      (name === 'le' && kind === 'histogram') ||
      (name === 'quantile' && kind === 'summary')
    expect(
      labelName.test(name) && !reserved,
      `label ${name}`,
      name,
      'a label name that the formats do not reserve',
    )
    const values = labelDefinition(spec ?? {}).values
    const ok =
      values === undefined || (values.length > 0 && values.every((value) => typeof value === 'string'))
    expect(ok, `labels.${name}`, spec, 'a list of strings, or an object for an open label')
  }
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
      states.every((s) => typeof s === 'string')
    expect(ok, 'states', states, 'a list of different strings')
  }
  for (const [path, value, least] of [
    ['seriesLimit', seriesLimit, 1],
    ['maxBuckets', maxBuckets, 4],
    ['windowMs', windowMs, 1],
  ] as const)
    if (value !== undefined)
      expect(
        Number.isInteger(value) && (value as number) >= least,
        path,
        value,
        `an integer of ${least} or more`,
      )
}

function isAscending(values: unknown): values is number[] {
  return Array.isArray(values) && values.every((v, i) => Number.isFinite(v) && (i === 0 || v > values[i - 1]))
}
