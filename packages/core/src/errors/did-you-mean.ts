/** Names that other libraries use for ours. */
const otherNames: Readonly<Record<string, string>> = {
  buckets: 'bounds',
  boundaries: 'bounds',
  labelNames: 'labels',
  attributes: 'labels',
  tags: 'labels',
  percentiles: 'quantiles',
  maxAgeSeconds: 'windowMs',
  description: 'help',
  type: 'kind',
  interval: 'intervalMs',
  timeout: 'timeoutMs',
}

const MAX_DISTANCE = 2

/** `, did you mean "bounds"?` when one of the known names is meant, else nothing. */
export function didYouMean(name: string, known: readonly string[]): string {
  const other = Object.hasOwn(otherNames, name) ? otherNames[name] : undefined
  const meant =
    other !== undefined && known.includes(other)
      ? other
      : known.find(
          (one) => name.length <= 40 && distance(name.toLowerCase(), one.toLowerCase()) <= MAX_DISTANCE,
        )
  return meant === undefined ? '' : `, did you mean ${JSON.stringify(meant)}?`
}

/** Insertions, deletions and replacements between two words (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (const [i, letter] of a.split('').entries()) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++)
      next.push(Math.min(row[j + 1] + 1, next[j] + 1, row[j] + (letter === b[j] ? 0 : 1)))
    row = next
  }
  return row[b.length]
}
