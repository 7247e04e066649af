import type { Distribution, PluginContext } from '@tidegauge/core'
import { labelFor, nameFor } from './names.js'

export type ModuleKind = 'gauge' | 'counter' | 'histogram' | 'summary'

/** One metric of a module, as it will be exported. */
export interface ModuleDefinition {
  readonly kind: ModuleKind
  readonly name: string
  readonly help: string
  /** The label of a group; a single metric has none. */
  readonly label: string | undefined
  readonly bounds?: readonly number[]
  readonly quantiles?: readonly number[]
  readonly windowMs?: number
}

/** What a module says of the metric that it registers. */
export interface ModuleOptions {
  readonly label?: unknown
  readonly help?: unknown
  readonly buckets?: unknown
  readonly percentiles?: unknown
  readonly maxAgeSeconds?: unknown
  readonly calculate?: unknown
}

/** Where the values of a module's metric go; `key` is the value of a group's label. */
export type Report = (key: string, value: number) => void

/** Reads a registration. What is wrong in it is left out, never thrown at the module. */
export function readDefinition(
  kind: ModuleKind,
  grouped: boolean,
  name: unknown,
  options: ModuleOptions,
): ModuleDefinition {
  const normal = nameFor(kind, name)
  const help = typeof options.help === 'string' && options.help.trim() !== '' ? options.help.trim() : normal
  const common = { kind, name: normal, help, label: grouped ? labelFor(normal, options.label) : undefined }
  if (kind === 'histogram') return { ...common, ...some('bounds', ascending(options.buckets)) }
  if (kind !== 'summary') return common
  const { maxAgeSeconds } = options
  return {
    ...common,
    ...some(
      'quantiles',
      ascending(options.percentiles)?.filter((quantile) => quantile >= 0 && quantile <= 1),
    ),
    ...(typeof maxAgeSeconds === 'number' && maxAgeSeconds > 0 && { windowMs: maxAgeSeconds * 1000 }),
  }
}

/** Makes the instrument. Throws what core's `define` throws. */
export function defineReport(context: Pick<PluginContext, 'define'>, definition: ModuleDefinition): Report {
  const { kind, name, help, label } = definition
  if (kind === 'gauge') {
    if (label === undefined) return plain(context.define({ kind, name, help }), 'set')
    const gauge = context.define({ kind, name, help, labels: { [label]: {} } })
    return (key, value) => gauge.set({ [label]: key }, value)
  }
  if (kind === 'counter') {
    if (label === undefined) return plain(context.define({ kind, name, help }), 'setTotal')
    const counter = context.define({ kind, name, help, labels: { [label]: {} } })
    return (key, value) => counter.setTotal({ [label]: key }, value)
  }
  return defineDistribution(context, definition)
}

function defineDistribution(context: Pick<PluginContext, 'define'>, definition: ModuleDefinition): Report {
  const { label, kind, ...rest } = definition
  const shape = kind === 'histogram' ? { ...rest, kind } : { ...rest, kind: 'summary' as const }
  if (label === undefined) {
    const single: Distribution = context.define(shape)
    return plain(single, 'observe')
  }
  const distribution = context.define({ ...shape, labels: { [label]: {} } })
  return (key, value) => distribution.observe({ [label]: key }, value)
}

function plain<M extends string>(handle: Record<M, (value: number) => void>, method: M): Report {
  return (_key, value) => handle[method](value)
}

function ascending(values: unknown): number[] | undefined {
  if (!Array.isArray(values)) return undefined
  const finite = values.filter((value): value is number => Number.isFinite(value))
  return [...new Set(finite)].sort((a, b) => a - b)
}

function some<K extends string, V extends readonly unknown[]>(
  key: K,
  values: V | undefined,
): { [k in K]?: V } {
  return values === undefined || values.length === 0 ? {} : ({ [key]: values } as { [k in K]?: V })
}
