import type { FamilyView } from '@tidegauge/core'
import { formatNumber } from './byte-writer.js'
import { escapeHelp } from './escape.js'

/** The two text formats. They differ in headers, in how floats in labels are written, and in exemplars. */
export type TextFormat = 'text' | 'openmetrics'

/** How one family is told in a format: its header, and the name of its plain samples. */
export interface FamilyHead {
  readonly header: string
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

/** `taken` holds the names of all families of the exposition. */
export function familyHead(family: FamilyView, format: TextFormat, taken: ReadonlySet<string>): FamilyHead {
  const { name, help, kind } = family
  if (format === 'text') {
    const header = `# HELP ${name} ${escapeHelp(help, false)}\n# TYPE ${name} ${textTypes[kind]}\n`
    return { header, sampleName: name, takesExemplars: false }
  }
  const { familyName, type } = openMetricsName(family, taken)
  const unit = unitLine(familyName, family.unit)
  const header = `# TYPE ${familyName} ${type}\n${unit}# HELP ${familyName} ${escapeHelp(help, true)}\n`
  return { header, sampleName: name, takesExemplars: type === 'counter' || type === 'histogram' }
}

/**
 * OpenMetrics names a counter's family without `_total` and an info's without `_info`. A name never differs between
 * formats: a counter whose name lacks the suffix, or whose family name is another family's, is `unknown`.
 * Source: OpenMetrics 1.0.0, "Counter", "Info".
 */
function openMetricsName(
  family: FamilyView,
  taken: ReadonlySet<string>,
): { familyName: string; type: string } {
  const { name, kind } = family
  if (kind === 'counter') return withoutSuffix(name, '_total', 'counter', 'unknown', taken)
  if (kind === 'info') return withoutSuffix(name, '_info', 'info', 'gauge', taken)
  return { familyName: name, type: kind === 'state_set' ? 'stateset' : textTypes[kind] }
}

function withoutSuffix(
  name: string,
  suffix: string,
  type: string,
  otherwise: string,
  taken: ReadonlySet<string>,
) {
  const familyName = name.slice(0, -suffix.length)
  const fits = name.endsWith(suffix) && familyName !== '' && !taken.has(familyName)
  return fits ? { familyName, type } : { familyName: name, type: otherwise }
}

/** A unit may only be told where the name ends in it. Source: OpenMetrics 1.0.0, "UNIT". */
function unitLine(familyName: string, unit: string | undefined): string {
  return unit !== undefined && unit !== '' && familyName.endsWith(`_${unit}`)
    ? `# UNIT ${familyName} ${unit}\n`
    : ''
}

/** A float in a label: OpenMetrics wants `1.0` where the text format writes `1`. */
export function labelNumber(value: number, format: TextFormat): string {
  const text = formatNumber(value)
  return format === 'openmetrics' && /^-?\d+$/.test(text) ? `${text}.0` : text
}
