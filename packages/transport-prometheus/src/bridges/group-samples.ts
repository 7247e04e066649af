import type { PromSample } from './prom-registry.js'

/** The samples of one series of a histogram or summary. */
export interface SampleGroup {
  /** Without the label that tells the samples apart. */
  readonly labels: Readonly<Record<string, unknown>>
  /** The samples with that label, by its value as text. */
  readonly parts: Map<string, PromSample>
  sum: number | undefined
  count: number | undefined
  /** How often the series came again; the first is taken. */
  repeats: number
}

/**
 * Puts the flat samples of a histogram (`except` is `le`) or summary (`quantile`) together by their other labels.
 *
 * They come in a row for each series in practice, which makes it cheap; it does not depend on that.
 */
export function groupSamples(
  name: string,
  samples: readonly PromSample[],
  except: 'le' | 'quantile',
): SampleGroup[] {
  const groups = new Map<string, SampleGroup>()
  let last: SampleGroup | undefined
  for (const sample of samples) {
    const labels = sample.labels ?? {}
    if (last === undefined || !isSame(last.labels, labels, except)) last = groupOf(groups, labels, except)
    if (Object.hasOwn(labels, except)) addPart(last, edgeOf(labels[except]), sample)
    else if (sample.metricName === `${name}_sum`) {
      if (last.sum !== undefined) last.repeats++
      last.sum ??= sample.value
    } else if (sample.metricName === `${name}_count`) last.count ??= sample.value
  }
  return [...groups.values()]
}

function addPart({ parts }: SampleGroup, edge: string, sample: PromSample): void {
  if (!parts.has(edge)) parts.set(edge, sample)
}

/** One text for each number, however it was written. */
function edgeOf(value: unknown): string {
  const number = Number(value)
  return String(Number.isNaN(number) ? (value as string) : number)
}

function groupOf(
  groups: Map<string, SampleGroup>,
  labels: SampleGroup['labels'],
  except: string,
): SampleGroup {
  const entries = Object.entries(labels).filter(([name]) => name !== except)
  const key = JSON.stringify(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
  const known = groups.get(key)
  if (known !== undefined) return known
  const group = {
    labels: Object.fromEntries(entries),
    parts: new Map(),
    sum: undefined,
    count: undefined,
    repeats: 0,
  }
  groups.set(key, group)
  return group
}

function isSame(kept: SampleGroup['labels'], labels: SampleGroup['labels'], except: string): boolean {
  let count = 0
  for (const name of Object.keys(labels)) {
    if (name === except) continue
    if (!Object.hasOwn(kept, name) || kept[name] !== labels[name]) return false
    count++
  }
  return count === Object.keys(kept).length
}
