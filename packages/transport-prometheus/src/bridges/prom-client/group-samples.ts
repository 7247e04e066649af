import type { PromSample } from './prom-registry.js'

/** The samples of one series of a histogram or summary. */
export interface SampleGroup {
  /** Without the label `le` or `quantile`. */
  readonly labels: Readonly<Record<string, unknown>>
  /** The samples with the label `le` or `quantile`, by its value as text. */
  readonly byEdge: Map<string, PromSample>
  sum: number | undefined
  count: number | undefined
  /** How often the series came again; the first is used. */
  repeats: number
}

/**
 * Groups the flat samples of a histogram (`edgeLabel` is `le`) or summary (`quantile`) by their other labels.
 *
 * This is cheap when the samples of one series follow each other, as they do in practice; it is correct in any order.
 */
export function groupSamples(
  name: string,
  samples: readonly PromSample[],
  edgeLabel: 'le' | 'quantile',
): SampleGroup[] {
  const groups = new Map<string, SampleGroup>()
  let last: SampleGroup | undefined
  for (const sample of samples) {
    const labels = sample.labels ?? {}
    if (last === undefined || !isSame(last.labels, labels, edgeLabel))
      last = groupOf(groups, labels, edgeLabel)
    if (Object.hasOwn(labels, edgeLabel)) addEdge(last, edgeOf(labels[edgeLabel]), sample)
    else if (sample.metricName === `${name}_sum`) {
      if (last.sum !== undefined) last.repeats++
      last.sum ??= sample.value
    } else if (sample.metricName === `${name}_count`) last.count ??= sample.value
  }
  return [...groups.values()]
}

function addEdge({ byEdge }: SampleGroup, edge: string, sample: PromSample): void {
  if (!byEdge.has(edge)) byEdge.set(edge, sample)
}

/** The same text for the same number, however it was written. */
function edgeOf(value: unknown): string {
  const number = Number(value)
  return String(Number.isNaN(number) ? (value as string) : number)
}

function groupOf(
  groups: Map<string, SampleGroup>,
  labels: SampleGroup['labels'],
  edgeLabel: string,
): SampleGroup {
  const entries = Object.entries(labels).filter(([name]) => name !== edgeLabel)
  const key = JSON.stringify(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
  const existing = groups.get(key)
  if (existing !== undefined) return existing
  const group = {
    labels: Object.fromEntries(entries),
    byEdge: new Map(),
    sum: undefined,
    count: undefined,
    repeats: 0,
  }
  groups.set(key, group)
  return group
}

function isSame(
  groupLabels: SampleGroup['labels'],
  labels: SampleGroup['labels'],
  edgeLabel: string,
): boolean {
  let count = 0
  for (const name of Object.keys(labels)) {
    if (name === edgeLabel) continue
    if (!Object.hasOwn(groupLabels, name) || groupLabels[name] !== labels[name]) return false
    count++
  }
  return count === Object.keys(groupLabels).length
}
