/** Words for the units of UCUM. Source: OpenTelemetry, "Prometheus and OpenMetrics compatibility", "Metric Metadata". */
const unitWords: ReadonlyMap<string, string> = new Map([
  ['d', 'days'],
  ['h', 'hours'],
  ['min', 'minutes'],
  ['s', 'seconds'],
  ['ms', 'milliseconds'],
  ['us', 'microseconds'],
  ['ns', 'nanoseconds'],
  ['By', 'bytes'],
  ['KiBy', 'kibibytes'],
  ['MiBy', 'mebibytes'],
  ['GiBy', 'gibibytes'],
  ['TiBy', 'tebibytes'],
  ['kBy', 'kilobytes'],
  ['KBy', 'kilobytes'],
  ['MBy', 'megabytes'],
  ['GBy', 'gigabytes'],
  ['TBy', 'terabytes'],
  ['m', 'meters'],
  ['V', 'volts'],
  ['A', 'amperes'],
  ['J', 'joules'],
  ['W', 'watts'],
  ['g', 'grams'],
  ['Cel', 'celsius'],
  ['Hz', 'hertz'],
  ['1', ''],
  ['%', 'percent'],
])

const perWords: ReadonlyMap<string, string> = new Map([
  ['s', 'second'],
  ['m', 'minute'],
  ['h', 'hour'],
  ['d', 'day'],
  ['w', 'week'],
  ['mo', 'month'],
  ['y', 'year'],
])

/** What a metric's name in Prometheus depends on. */
export interface NamedMetric {
  readonly name: string
  /** In UCUM. */
  readonly unit: string
  readonly kind: 'monotonic_sum' | 'gauge' | 'other'
}

/**
 * Translates a name and unit for Prometheus: words joined by single underscores, then the unit unless the name has it,
 * then `_total` for a monotonic sum or `_ratio` for a gauge of unit 1. The name is empty when it has no letter or digit.
 *
 * Source: OpenTelemetry, "Prometheus and OpenMetrics compatibility", "OTLP Metric points to Prometheus"; the order of
 * the suffixes is that of Prometheus's own translator.
 */
export function translateName({ name, unit, kind }: NamedMetric): { name: string; unit: string } {
  const [main = '', ...per] = unit.split('/')
  const mainWord = wordOf(main, unitWords)
  const perWord = wordOf(per.join('/'), perWords)
  let words = name.split(/[^a-zA-Z0-9:]+/).filter((word) => word !== '')
  if (words.length === 0) return { name: '', unit: '' }
  for (const word of [mainWord, perWord && `per_${perWord}`])
    if (word !== '' && !words.includes(word)) words.push(word)
  if (kind === 'monotonic_sum') words = moveToEnd(words, 'total')
  if (kind === 'gauge' && unit === '1') words = moveToEnd(words, 'ratio')
  const joined = words.join('_')
  return {
    name: /^\d/.test(joined) ? `_${joined}` : joined,
    unit: [mainWord, perWord && `per_${perWord}`].filter((word) => word !== '').join('_'),
  }
}

/** A unit's word; empty for an annotation in braces. */
function wordOf(unit: string, words: ReadonlyMap<string, string>): string {
  const trimmed = unit.trim()
  if (trimmed === '' || /[{}]/.test(trimmed)) return ''
  const word = words.get(trimmed) ?? trimmed
  const parts = word.split(/[^a-zA-Z0-9:]+/)
  return parts.filter((part) => part !== '').join('_')
}

function moveToEnd(words: readonly string[], word: string): string[] {
  return [...words.filter((other) => other !== word), word]
}
