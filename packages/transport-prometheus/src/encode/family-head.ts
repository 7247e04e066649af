import type { FamilyView } from '@tidegauge/core'
import { escapeHelp, type TextFormat } from './text-format.js'

/** How one family is written in a text format. */
export interface FamilyHead {
  /** Its `# TYPE`, `# HELP` and `# UNIT` lines. */
  readonly header: string
  /** The name of its samples, without suffixes such as `_bucket`. */
  readonly sampleName: string
  /** Whether its samples may carry exemplars. */
  readonly takesExemplars: boolean
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

/** Returns a family's head. `familyNames` are the names of all families of the exposition. */
export function familyHead(
  family: FamilyView,
  format: TextFormat,
  familyNames: ReadonlySet<string>,
): FamilyHead {
  const { name, help, kind } = family
  if (format === 'text') {
    const header = `# HELP ${name} ${escapeHelp(help, format)}\n# TYPE ${name} ${textTypes[kind]}\n`
    return { header, sampleName: name, takesExemplars: false }
  }
  const { familyName, type } = openMetricsName(family, familyNames)
  const unit = unitLine(familyName, family.unit)
  const header = `# TYPE ${familyName} ${type}\n${unit}# HELP ${familyName} ${escapeHelp(help, format)}\n`
  return { header, sampleName: name, takesExemplars: type === 'counter' || type === 'histogram' }
}

/**
 * OpenMetrics names a counter's family without `_total` and an info's family without `_info`. The names of samples
 * must be the same in all formats. So a counter without the suffix, or whose family name another family has, is
 * `unknown`. Source: OpenMetrics 1.0.0, "Counter", "Info".
 */
function openMetricsName(
  family: FamilyView,
  familyNames: ReadonlySet<string>,
): { familyName: string; type: string } {
  const { name, kind } = family
  if (kind === 'counter')
    return withoutSuffix(name, { suffix: '_total', type: 'counter', fallback: 'unknown' }, familyNames)
  if (kind === 'info')
    return withoutSuffix(name, { suffix: '_info', type: 'info', fallback: 'gauge' }, familyNames)
  return { familyName: name, type: kind === 'state_set' ? 'stateset' : textTypes[kind] }
}

function withoutSuffix(
  name: string,
  { suffix, type, fallback }: { suffix: string; type: string; fallback: string },
  familyNames: ReadonlySet<string>,
): { familyName: string; type: string } {
  const familyName = name.slice(0, -suffix.length)
  const fits = name.endsWith(suffix) && familyName !== '' && !familyNames.has(familyName)
  return fits ? { familyName, type } : { familyName: name, type: fallback }
}

/** A unit is only allowed where the name ends in it. Source: OpenMetrics 1.0.0, "UNIT". */
function unitLine(familyName: string, unit: string | undefined): string {
  return unit !== undefined && unit !== '' && familyName.endsWith(`_${unit}`)
    ? `# UNIT ${familyName} ${unit}\n`
    : ''
}
