import type { InstrumentDefinition, InstrumentTable } from '@tidegauge/core'
import { markdownTable } from './markdown-table.ts'

/** A plugin's instruments as a Markdown table, from the same data that it records with. */
export function metricsTable(table: InstrumentTable): string {
  const rows = Object.values(table).map((definition) => rowOf(definition, table))
  return markdownTable(['Name', 'Kind', 'Unit', 'Labels', 'Help'], rows)
}

function rowOf(definition: InstrumentDefinition, table: InstrumentTable): string[] {
  const source = definition.kind === 'rate' ? table[definition.of] : definition
  const labels = 'labels' in source ? Object.entries(source.labels ?? {}) : []
  return [
    `\`${definition.name}\``,
    definition.kind.replaceAll('_', ' '),
    definition.unit ?? '',
    labels.map(([name, spec]) => labelText(name, spec)).join(', '),
    definition.help,
  ]
}

function labelText(name: string, spec: unknown): string {
  const values = Array.isArray(spec) ? spec : (spec as { values?: readonly string[] }).values
  if (values === undefined) return `\`${name}\``
  return values.length > 6 ? `\`${name}\` (${values.length} values)` : `\`${name}\` (${values.join(', ')})`
}
