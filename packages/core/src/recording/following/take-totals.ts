import type { DropReason } from '../../definition/drop-reason.js'
import type { Instrument } from '../../storage/instrument.js'
import { followed, type SourceTotals } from './source-totals.js'
import { MAX_SCALE, MIN_SCALE, type ExponentialBuckets } from '../../storage/exponential.js'
import type { SlidingWindow } from '../../storage/sliding-window.js'
import { dropReasonOf } from '../bound-series.js'
import { bucketOf } from '../bucket-of.js'
import type {
  ExponentialRun,
  ExponentialTotals,
  HistogramTotals,
  SummaryTotals,
} from '../../definition/handles.js'

/** Where the totals of one source go: the series' slot, and the source's own among those remembered. */
export interface Destination {
  readonly instrument: Instrument
  readonly totals: SourceTotals
  readonly slot: number
  readonly source: number
}

/** Why totals can't be taken; a getter or a proxy of the caller's may throw. */
export function dropReasonOfTotals(check: () => DropReason | undefined): DropReason | undefined {
  try {
    return check()
  } catch {
    return 'not_a_number'
  }
}

export function dropReasonOfHistogram(reported: HistogramTotals): DropReason | undefined {
  const { bounds, buckets, sum, exemplars = [] } = reported
  if (![bounds, buckets, exemplars].every((list) => Array.isArray(list))) return 'not_a_number'
  if (buckets.length !== bounds.length + 1 || !bounds.every((bound) => Number.isFinite(bound)))
    return 'not_a_number'
  return dropReasonOfCounts(buckets) ?? dropReasonOf(sum)
}

export function dropReasonOfExponential(totals: ExponentialTotals): DropReason | undefined {
  const { scale, zeroCount, positive, negative, sum } = totals
  if (!Number.isInteger(scale) || scale < MIN_SCALE || scale > MAX_SCALE) return 'not_a_number'
  if (![positive, negative].every((run) => isWithinDoubles(run, scale))) return 'not_a_number'
  return (
    dropReasonOfCounts(positive.counts) ??
    dropReasonOfCounts(negative.counts) ??
    dropReasonOf(zeroCount, 0) ??
    dropReasonOf(sum)
  )
}

/** Whether a run's buckets are ones that a double can fall into: others would overflow the arithmetic of indexes. */
function isWithinDoubles({ offset, counts }: ExponentialRun, scale: number): boolean {
  if (!Number.isInteger(offset) || !Array.isArray(counts)) return false
  if (counts.length === 0) return true
  return offset >= -1075 * 2 ** scale - 1 && offset + counts.length <= 1024 * 2 ** scale + 1
}

export function dropReasonOfSummary(totals: SummaryTotals, count: number): DropReason | undefined {
  const { quantiles } = totals
  if (
    !Array.isArray(quantiles) ||
    quantiles.length !== count ||
    !quantiles.every((value) => typeof value === 'number')
  )
    return 'not_a_number'
  return dropReasonOf(totals.count, 0) ?? dropReasonOf(totals.sum)
}

function dropReasonOfCounts(counts: readonly number[]): DropReason | undefined {
  for (const count of counts) {
    const dropReason = dropReasonOf(count, 0)
    if (dropReason !== undefined) return dropReason
  }
  return undefined
}

export function takeHistogram(
  { instrument, totals, slot, source }: Destination,
  reported: HistogramTotals,
): void {
  const { bounds } = instrument.definition
  const last = totals.numbers(source)
  const next = new Float64Array(last.length)
  const sumAt = bounds.length + 1
  const bucketFor = (i: number) =>
    i < reported.bounds.length ? bucketOf(bounds, reported.bounds[i]) : bounds.length
  reported.buckets.forEach((count, i) => (next[bucketFor(i)] += count))
  next[sumAt] = reported.sum
  const isReset = last.some((count, i) => i < sumAt && next[i] < count)
  const page = instrument.cells.pageFor(slot)
  const at = instrument.cells.indexOf(slot)
  for (let i = 0; i <= sumAt; i++) page[at + i] = followed(page[at + i], last[i], next[i], isReset)
  last.set(next)
  reported.exemplars?.forEach((exemplar, i) => {
    if (exemplar !== undefined) instrument.keepExemplar(slot, bucketFor(i), undefined, exemplar)
  })
}

export function takeExponential(
  { instrument, totals, slot, source }: Destination,
  reported: ExponentialTotals,
) {
  const state = instrument.states[slot] as ExponentialBuckets
  const last = totals.exponentials[source]
  const isReset = last !== undefined && countOf(reported) < countOf(last)
  const sum = followed(state.sum, last?.sum ?? 0, reported.sum, isReset)
  if (last !== undefined && !isReset) state.merge(last, -1)
  state.merge(reported, 1)
  state.sum = sum
  const copy = ({ offset, counts }: ExponentialRun) => ({ offset, counts: [...counts] })
  totals.exponentials[source] = {
    ...reported,
    positive: copy(reported.positive),
    negative: copy(reported.negative),
  }
}

export function takeSummary(
  { instrument, totals, slot, source }: Destination,
  reported: SummaryTotals,
): void {
  const window = instrument.states[slot] as SlidingWindow
  const last = totals.numbers(source)
  const isReset = reported.count < last[1]
  window.sum = followed(window.sum, last[0], reported.sum, isReset)
  window.count = followed(window.count, last[1], reported.count, isReset)
  // quantiles of several sources can't be made one
  window.reported = instrument.isMerged ? reported.quantiles.map(() => Number.NaN) : [...reported.quantiles]
  last[0] = reported.sum
  last[1] = reported.count
}

function countOf({ zeroCount, positive, negative }: ExponentialTotals): number {
  let count = zeroCount
  for (const { counts } of [positive, negative]) for (const n of counts) count += n
  return count
}
