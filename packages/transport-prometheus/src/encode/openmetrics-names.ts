import type { FamilyView } from '@tidegauge/core'

/** The name and the type of a family in OpenMetrics. */
export interface OpenMetricsName {
  readonly familyName: string
  readonly type: string
}

/** Suffixes of the names that a distribution reserves. Source: OpenMetrics 1.0.0, "Suffixes". */
const reserved: Partial<Record<FamilyView['kind'], readonly string[]>> = {
  histogram: ['', '_bucket', '_sum', '_count', '_created'],
  exponential_histogram: ['', '_bucket', '_sum', '_count', '_created'],
  summary: ['', '_sum', '_count', '_created'],
}

/** OpenMetrics names the families of these kinds without the suffix of their samples. */
const suffixed: Partial<Record<FamilyView['kind'], SuffixedType>> = {
  counter: { type: 'counter', suffix: '_total', fallback: 'unknown', reserved: ['', '_total', '_created'] },
  info: { type: 'info', suffix: '_info', fallback: 'gauge', reserved: ['', '_info'] },
}

interface SuffixedType {
  readonly type: string
  readonly suffix: string
  /** The type of a family that keeps the name of its samples. */
  readonly fallback: string
  readonly reserved: readonly string[]
}

/**
 * Names counters and infos. A document may not have two families that reserve the same name, and the names of samples
 * must be the same in all formats. So a counter or an info without the suffix, or one that would reserve another
 * family's name, keeps its name with a type that reserves no more. `taken` are names of other families in the document.
 * Source: OpenMetrics 1.0.0, "Counter", "Info", "Suffixes".
 */
export function openMetricsNames(
  families: readonly FamilyView[],
  taken: Iterable<string> = [],
): ReadonlyMap<FamilyView, OpenMetricsName> {
  const names = new Set(taken)
  for (const { name, kind } of families) for (const suffix of reserved[kind] ?? ['']) names.add(name + suffix)
  const result = new Map<FamilyView, OpenMetricsName>()
  for (const family of families) {
    const kind = suffixed[family.kind]
    if (kind !== undefined) result.set(family, nameSuffixed(family.name, kind, names))
  }
  return result
}

function nameSuffixed(name: string, kind: SuffixedType, names: Set<string>): OpenMetricsName {
  const familyName = name.slice(0, -kind.suffix.length)
  const claims = kind.reserved.map((suffix) => familyName + suffix).filter((claim) => claim !== name)
  const fits = name.endsWith(kind.suffix) && familyName !== '' && !claims.some((claim) => names.has(claim))
  if (!fits) return { familyName: name, type: kind.fallback }
  for (const claim of claims) names.add(claim)
  return { familyName, type: kind.type }
}
