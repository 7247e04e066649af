import type { ParsedFamily } from '../support/parse-exposition.js'

/** One line for each sample: labels sorted, those without a value left out, numbers in labels in one form. */
export function linesOf(
  samples: readonly { name: string; labels: Readonly<Record<string, unknown>>; value: number }[],
): string[] {
  return samples.map(({ name, labels, value }) => line(name, labels, value)).sort()
}

function line(name: string, labels: Readonly<Record<string, unknown>>, value: number): string {
  const pairs = Object.entries(labels)
    .filter(([, text]) => text !== undefined && text !== '')
    .map(([label, text]) => [
      label,
      numberLabels.has(label) ? String(text).replace(/\.0$/, '') : String(text),
    ])
    .sort(([a], [b]) => (a < b ? -1 : 1))
  // -0 is 0 in every text
  return `${name}${JSON.stringify(pairs)} ${value + 0}`
}

const numberLabels: ReadonlySet<string> = new Set(['le', 'quantile'])

/** What a registry's JSON says, as lines. */
export function linesOfJson(metrics: readonly any[], format: 'text' | 'openmetrics' = 'text'): string[] {
  return linesOf(
    metrics.flatMap(({ name, type, values }) =>
      values.map((sample: any) => ({
        name: sampleName(sample.metricName ?? name, type, format),
        labels: sample.labels ?? {},
        value: sample.value,
      })),
    ),
  )
}

function sampleName(name: string, type: string, format: 'text' | 'openmetrics'): string {
  return type === 'counter' && format === 'openmetrics' ? `${name.replace(/_total$/, '')}_total` : name
}

export function linesOfFamilies(families: readonly ParsedFamily[]): string[] {
  return linesOf(families.flatMap(({ samples }) => samples))
}
