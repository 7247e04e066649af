/** Random registries with hostile names, labels and values, and how they are recorded. */
import type { Handles, InstrumentTable } from '@tidegauge/core'
import fc from 'fast-check'
import type { Style } from '../../support/parser/index.js'
import { anyNumber, hostileText, wellFormed } from './hostile-text.js'

export type PlanKind =
  | 'counter'
  | 'up_down_counter'
  | 'gauge'
  | 'histogram'
  | 'exponential_histogram'
  | 'summary'
  | 'info'
  | 'state_set'

export interface PlanSeries {
  readonly first: string
  readonly last: string
  /** Recorded before the first and before the second flush. */
  readonly values: readonly [readonly number[], readonly number[]]
}

export interface PlanFamily {
  readonly kind: PlanKind
  readonly name: string
  readonly dottedName: string | undefined
  /** Dotted names of labels, by name. */
  readonly dottedLabels: { readonly first: string | undefined; readonly last: string | undefined }
  readonly states: readonly string[]
  readonly series: readonly PlanSeries[]
}

export interface Plan {
  readonly families: readonly PlanFamily[]
  readonly prefix: string
  readonly names: 'dotted' | 'underscored'
  readonly histograms: 'buckets' | 'quantiles'
  readonly unchangedGauges: 'resend' | 'skip'
  readonly maxDatagramBytes: number
  readonly globalTag: string
  readonly constantLabel: string
}

export const bounds: readonly number[] = [-2.5, 0, 0.5, 1e-7, 100, 1e21].toSorted((a, b) => a - b)
export const quantiles = [0, 0.5, 0.999]

const values = fc.array(anyNumber, { maxLength: 4 })
const series = fc.record({ first: hostileText, last: hostileText, values: fc.tuple(values, values) })

const family = fc.record({
  kind: fc.constantFrom<PlanKind[]>(
    'counter',
    'up_down_counter',
    'gauge',
    'histogram',
    'exponential_histogram',
    'summary',
    'info',
    'state_set',
  ),
  name: fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,10}$/),
  dottedName: fc.option(hostileText, { nil: undefined }),
  dottedLabels: fc.record({
    first: fc.option(
      hostileText.map((text) => `${text}.first`),
      { nil: undefined },
    ),
    last: fc.option(
      hostileText.map((text) => `${text}.last`),
      { nil: undefined },
    ),
  }),
  states: fc.array(hostileText.map(wellFormed), { minLength: 1, maxLength: 3 }),
  series: fc.array(series, { minLength: 1, maxLength: 6 }),
})

/** Each name ends with its own number, so that two families never become one. */
export const plans: fc.Arbitrary<Plan> = fc.record({
  families: fc.array(family, { minLength: 1, maxLength: 6 }).map((all) =>
    all.map((one, i) => ({
      ...one,
      name: `${one.kind === 'state_set' ? stateSetName(one.name) : one.name}_f${i}`,
      dottedName: one.dottedName === undefined ? undefined : `${one.dottedName}.f${i}`,
      states: one.states.map((state, s) => `${state}${s}`),
    })),
  ),
  prefix: fc.stringMatching(/^[A-Za-z0-9_.-]{0,6}$/),
  names: fc.constantFrom('dotted', 'underscored'),
  histograms: fc.constantFrom('buckets', 'quantiles'),
  unchangedGauges: fc.constantFrom('resend', 'skip'),
  maxDatagramBytes: fc.constantFrom(1_432, 4_000, 8_192),
  globalTag: hostileText,
  constantLabel: hostileText.map((text) => wellFormed(text) || '_'),
})

/** A state set's name is also a label's name. */
function stateSetName(name: string): string {
  return name.replaceAll(':', '_').replace(/^_/, 'a')
}

export function tableOf({ families }: Plan): InstrumentTable {
  const entries = families.map(({ kind, name, dottedName, dottedLabels, states }, i) => [
    `f${i}`,
    {
      kind,
      name,
      ...(dottedName !== undefined && { dottedName }),
      help: 'Hostile.',
      labels: {
        first: labelDefinition(dottedLabels.first),
        id: {},
        last: labelDefinition(dottedLabels.last),
      },
      ...(kind === 'histogram' && { bounds }),
      ...(kind === 'summary' && { quantiles }),
      ...(kind === 'state_set' && { states }),
      ...(kind === 'gauge' && { lifetime: 'event' }),
    },
  ])
  return Object.fromEntries(entries) as InstrumentTable
}

function labelDefinition(dottedName: string | undefined) {
  return dottedName === undefined ? {} : { dottedName }
}

/** The name that the tag of a label should have before unsafe characters are replaced. */
export function tagNameOf(
  { names }: Plan,
  { dottedLabels }: PlanFamily,
  label: string,
  style: Style,
): string {
  if (names !== 'dotted' || style === 'none') return label
  return (dottedLabels as Readonly<Record<string, string | undefined>>)[label] ?? label
}

/** Every series has a label that identifies it, whatever the others become. */
export const labelsOf = ({ first, last }: PlanSeries, id: number) => ({ first, id: String(id), last })

export function record(plan: Plan, instruments: Handles<InstrumentTable>, round: 0 | 1): void {
  for (const [f, { kind, states, series }] of plan.families.entries())
    for (const [id, one] of series.entries()) {
      const handle = (instruments as any)[`f${f}`]
      const labels = labelsOf(one, id)
      if (kind === 'info') handle.set(labels)
      for (const value of one.values[round]) recordOne(kind, handle.labels?.(labels), { value, states })
    }
}

function recordOne(
  kind: PlanKind,
  handle: any,
  { value, states }: { value: number; states: readonly string[] },
): void {
  // the difference of two totals must be finite, too; otherwise it is dropped and counted
  const summed = Number.isFinite(value) && Math.abs(value) > 1e300 ? value / 1e8 : value
  if (kind === 'counter') handle.inc(Math.abs(summed))
  else if (kind === 'up_down_counter') handle.inc(summed)
  else if (kind === 'gauge') handle.set(value)
  else if (kind === 'state_set') handle.set(states[Math.abs(Math.trunc(value || 0)) % states.length])
  else if (kind !== 'info') handle.observe(summed)
}
