import { labelFor, nameFor } from './names.js'

/** The kinds of metrics that a module registers. */
export type ModuleKind = 'gauge' | 'counter' | 'histogram' | 'summary'

/** One value, or a group: one value for each value of a label. */
export type ModuleShape = 'single' | 'group'

/** One metric of a module, as it is exported. */
export interface ModuleDefinition {
  readonly kind: ModuleKind
  readonly name: string
  readonly help: string
  /** The label of a group. Left out: a single metric. */
  readonly label?: string
  readonly bounds?: readonly number[]
  readonly quantiles?: readonly number[]
  readonly windowMs?: number
}

/** What a module passes when it registers a metric. Nothing of it is trusted. */
export type ModuleOptions = Partial<
  Record<'label' | 'help' | 'buckets' | 'percentiles' | 'maxAgeSeconds' | 'calculate', unknown>
>

/** Reads a registration. What is wrong in it is left out; a module never gets an error. */
export function readDefinition(
  kind: ModuleKind,
  shape: ModuleShape,
  givenName: unknown,
  { help, label, buckets, percentiles, maxAgeSeconds }: ModuleOptions,
): ModuleDefinition {
  const name = nameFor(kind, givenName)
  const common = {
    kind,
    name,
    help: (typeof help === 'string' && help.trim()) || name,
    label: shape === 'group' ? labelFor(label) : undefined,
  }
  if (kind === 'histogram') return { ...common, bounds: ascending(buckets, -Infinity, Infinity) }
  if (kind !== 'summary') return common
  const windowMs = Number(maxAgeSeconds) > 0 ? Number(maxAgeSeconds) * 1000 : undefined
  return { ...common, quantiles: ascending(percentiles, 0, 1), windowMs }
}

function ascending(values: unknown, min: number, max: number): number[] | undefined {
  if (!Array.isArray(values)) return undefined
  const finite = values.filter((value): value is number => Number.isFinite(value))
  const valid = finite.filter((value) => value >= min && value <= max)
  return valid.length === 0 ? undefined : [...new Set(valid)].sort((a, b) => a - b)
}
