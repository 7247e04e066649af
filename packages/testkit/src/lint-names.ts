import type { InstrumentDefinition, InstrumentTable } from '@tidegauge/core'

/** Words that stand for another unit or an abbreviation of one, each with what to write. */
const otherUnits: Readonly<Record<string, string>> = {
  milliseconds: 'seconds',
  microseconds: 'seconds',
  nanoseconds: 'seconds',
  minutes: 'seconds',
  hours: 'seconds',
  days: 'seconds',
  bits: 'bytes',
  kilobytes: 'bytes',
  megabytes: 'bytes',
  percent: 'ratio',
  ms: 'seconds',
  sec: 'seconds',
  kb: 'bytes',
  mb: 'bytes',
}

const typeWords: ReadonlySet<string> = new Set(['counter', 'gauge', 'histogram', 'summary'])

/**
 * Checks a table against the Prometheus naming rules; each issue is one sentence.
 *
 * `exceptions` are names that users' dashboards are written to and that stay as they are.
 * Source: Prometheus, "Metric and label naming", and the checks of `promtool check metrics`.
 */
export function lintNames(table: InstrumentTable, exceptions: ReadonlySet<string> = new Set()): string[] {
  return Object.values(table)
    .filter(({ name }) => !exceptions.has(name))
    .flatMap((definition) => issuesOf(definition).map((issue) => `${definition.name}: ${issue}`))
}

function issuesOf(definition: InstrumentDefinition): string[] {
  const { name, kind, help } = definition
  const words = name.split('_')
  const labels = 'labels' in definition ? Object.keys(definition.labels ?? {}) : []
  return [
    help === '' && 'has no help',
    kind === 'counter' && !name.endsWith('_total') && 'is a counter and does not end in _total',
    kind !== 'counter' && name.endsWith('_total') && `ends in _total and is a ${kind}`,
    kind === 'info' && !name.endsWith('_info') && 'is an info and does not end in _info',
    name.includes(':') && 'has a colon, which is for recording rules',
    /[A-Z]/.test(name) && 'has capital letters',
    /_(bucket|sum|count)$/.test(name) && 'ends in a suffix that the formats add',
    ...words
      .filter((word) => Object.hasOwn(otherUnits, word))
      .map((word) => `says ${word}, expected ${otherUnits[word]}`),
    ...words.filter((word) => typeWords.has(word)).map((word) => `has its kind in its name: ${word}`),
    ...labels
      .filter((label) => !/^[a-z][a-z0-9_]*$/.test(label))
      .map((label) => `label ${label} is not snake_case`),
  ].filter((issue) => typeof issue === 'string')
}
