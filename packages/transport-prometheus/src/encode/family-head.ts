import type { FamilyView } from '@tidegauge/core'
import type { OpenMetricsName } from './openmetrics-names.js'
import { escapeHelp } from './text-format.js'

/** Which samples of a family are written under one header. */
export interface WrittenSamples {
  /** The values: of a histogram its buckets, of a summary its quantiles. */
  readonly values: boolean
  readonly sum: boolean
  readonly count: boolean
}

/** How one family, or a part of it, is written in a text format. */
export interface FamilyHead {
  /** Its `# TYPE`, `# HELP` and `# UNIT` lines. */
  readonly header: string
  /** The name of its samples, without suffixes such as `_bucket`. */
  readonly sampleName: string
  /** Whether its samples may carry exemplars. */
  readonly takesExemplars: boolean
  readonly written: WrittenSamples
}

const textTypes: Readonly<Record<FamilyView['kind'], string>> = {
  counter: 'counter',
  up_down_counter: 'gauge',
  gauge: 'gauge',
  histogram: 'histogram',
  exponential_histogram: 'histogram',
  summary: 'summary',
  info: 'gauge',
  state_set: 'gauge',
}
const everything: WrittenSamples = { values: true, sum: true, count: true }
const nothing: WrittenSamples = { values: false, sum: false, count: false }

/** The head of a family in text 0.0.4. */
export function textHead({ name, help, kind }: FamilyView): FamilyHead {
  const header = `# HELP ${name} ${escapeHelp(help, 'text')}\n# TYPE ${name} ${textTypes[kind]}\n`
  return { header, sampleName: name, takesExemplars: false, written: everything }
}

/**
 * The heads of a family in OpenMetrics: one, except for distributions with a negative sum or quantile. There a sum is a
 * counter, and quantiles are not negative. So that no series ends when its sum becomes negative, such a family is
 * written as three of type `unknown`, with the same samples.
 *
 * With negative bounds there is never a sum or a count. Source: OpenMetrics 1.0.0, "Histogram", "Summary", "Unknown".
 */
export function openMetricsHeads(
  family: FamilyView,
  { familyName, type }: OpenMetricsName = { familyName: family.name, type: openMetricsType(family) },
): readonly FamilyHead[] {
  const hasNegativeBounds = family.bounds[0] < 0
  if (!hasNegativeBounds && hasNegatives(family)) return splitHeads(family)
  const head = openMetricsHead(family, familyName, type)
  return [hasNegativeBounds ? { ...head, written: { ...nothing, values: true } } : head]
}

function openMetricsHead(family: FamilyView, familyName: string, type: string): FamilyHead {
  const header = `# TYPE ${familyName} ${type}\n${unitLine(family, familyName)}# HELP ${familyName} ${escapeHelp(family.help, 'openmetrics')}\n`
  const takesExemplars = type === 'counter' || type === 'histogram'
  return { header, sampleName: family.name, takesExemplars, written: everything }
}

function splitHeads(family: FamilyView): FamilyHead[] {
  const { name, kind } = family
  const head = (suffix: string, written: Partial<WrittenSamples>): FamilyHead => ({
    ...openMetricsHead(family, name + suffix, 'unknown'),
    written: { ...nothing, ...written },
  })
  const values = head(kind === 'summary' ? '' : '_bucket', { values: true })
  return [values, head('_sum', { sum: true }), head('_count', { count: true })]
}

function hasNegatives(family: FamilyView): boolean {
  const { kind } = family
  if (kind !== 'summary' && kind !== 'histogram' && kind !== 'exponential_histogram') return false
  for (const series of family.series()) {
    if (!(series.sum >= 0)) return true
    if (kind === 'summary' && series.quantileValues().some((value) => value < 0)) return true
  }
  return false
}

/** The type of a family that is not demoted. */
function openMetricsType({ kind }: FamilyView): string {
  return kind === 'state_set' ? 'stateset' : textTypes[kind]
}

/**
 * A unit is only allowed where the name ends in it, and not for info and state sets. Source: OpenMetrics 1.0.0, "UNIT",
 * "Info", "StateSet".
 */
function unitLine({ kind, unit }: FamilyView, familyName: string): string {
  if (kind === 'info' || kind === 'state_set' || unit === undefined || unit === '') return ''
  return familyName.endsWith(`_${unit}`) ? `# UNIT ${familyName} ${unit}\n` : ''
}
