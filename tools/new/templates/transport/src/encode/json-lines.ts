import type { FamilyView, SeriesReader } from '@tidegauge/core'

// Replace this with your wire format, and cite its specification, document and section, where the code follows it.

/** Encodes the families as JSON lines: one object for each series. Changes nothing. */
export function encodeFamilies(families: readonly FamilyView[]): string {
  return families.map(encodeFamily).join('')
}

function encodeFamily(family: FamilyView): string {
  const { name, kind } = family
  let lines = ''
  for (const series of family.series())
    lines += `${JSON.stringify({ name, kind, labels: series.labels(), ...valuesOf(family, series) })}\n`
  return lines
}

function valuesOf({ kind, states }: FamilyView, series: SeriesReader): Readonly<Record<string, unknown>> {
  switch (kind) {
    case 'histogram':
    case 'exponential_histogram':
    case 'summary':
      return { count: series.count, sum: toJson(series.sum) }
    case 'state_set':
      return { states: states.filter((_, i) => series.isOn(i)) }
    default:
      return { value: toJson(series.value) }
  }
}

/** JSON has no infinity; it is written as in Prometheus. */
function toJson(value: number): number | string {
  return Number.isFinite(value) ? value : value > 0 ? '+Inf' : '-Inf'
}
