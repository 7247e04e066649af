import { RegistrationError } from '../errors/errors.js'
import { describeValue } from '../errors/describe.js'
import {
  labelDefinition,
  seriesKind,
  type InstrumentDefinition,
  type LabelDefinition,
  type LabelSpec,
  type LabelSpecs,
  type Reduction,
  type SeriesKind,
} from './definition.js'
import { issuesOf } from './issues.js'

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
  readonly reduce: Reduction
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
  where: {
    readonly plugin: string
    readonly seriesLimit: number
    /** The plugin instance's constant labels, which stand beside the instrument's own. */
    readonly constantLabels: readonly string[]
  },
): ResolvedDefinition {
  const issues = issuesOf(definition, where.constantLabels)
  if (issues.length > 0) {
    const name = describeValue((definition as { name?: unknown } | undefined)?.name)
    throw new RegistrationError(
      'REGISTRATION_INVALID_DEFINITION',
      `plugin ${JSON.stringify(where.plugin)}: instrument ${name}: ${issues.join('; ')}`,
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
    reduce?: Reduction
  }
  const labels = Object.entries(given.labels ?? {}).map(([name, spec]) => resolveLabel(name, spec))
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
    lifetime: given.lifetime ?? (kind === 'gauge' ? 'collect' : 'event'),
    reduce: given.reduce ?? 'sum',
    bounds,
    quantiles: kind === 'summary' ? [...(given.quantiles ?? defaultQuantiles)] : [],
    states,
    windowMs: given.windowMs ?? defaultWindowMs,
    maxBuckets: given.maxBuckets ?? defaultMaxBuckets,
    isTimer: definition.kind === 'timer',
    cells: cellsOf(kind, bounds.length, states.length),
  }
}

/** A copy: the caller's list may change. */
function resolveLabel(name: string, spec: LabelSpec): ResolvedLabel {
  const { values, privacy, dottedName } = labelDefinition(spec ?? {})
  return {
    name,
    ...(values && { values: [...values] }),
    ...(privacy && { privacy }),
    ...(dottedName !== undefined && { dottedName }),
  }
}
