import type { DropReason } from '../registry/drop-reason.js'
import type { Instrument } from '../registry/instrument.js'
import { followed, type SourceTotals } from '../registry/source-totals.js'
import { HIGHEST_SCALE, LOWEST_SCALE, type ExponentialBuckets } from '../storage/exponential.js'
import type { SlidingWindow } from '../storage/sliding-window.js'
import { faultOf } from './bound-series.js'
import { bucketOf } from './bucket-of.js'
import type { ExponentialRun, ExponentialTotals, HistogramTotals, SummaryTotals } from './handles.js'

/** Where the totals of one source go: the series' slot, and the source's own among those remembered. */
export interface Destination {
  readonly instrument: Instrument
  readonly totals: SourceTotals
  readonly slot: number
  readonly source: number
}

/** Why totals can't be taken; a getter or a proxy of the caller's may throw. */
export function faultOfTotals(check: () => DropReason | undefined): DropReason | undefined {
  try {
    return check()
  } catch {
    return 'not_a_number'
  }
}

export function faultOfHistogram(told: HistogramTotals): DropReason | undefined {
  const { bounds, buckets, sum, exemplars = [] } = told
  if (![bounds, buckets, exemplars].every((list) => Array.isArray(list))) return 'not_a_number'
  if (buckets.length !== bounds.length + 1 || !bounds.every((bound) => Number.isFinite(bound)))
    return 'not_a_number'
  return faultOfCounts(buckets) ?? faultOf(sum)
}

export function faultOfExponential(totals: ExponentialTotals): DropReason | undefined {
  const { scale, zeroCount, positive, negative, sum } = totals
  if (!Number.isInteger(scale) || scale < LOWEST_SCALE || scale > HIGHEST_SCALE) return 'not_a_number'
  if (![positive, negative].every((run) => isWithinDoubles(run, scale))) return 'not_a_number'
  return (
    faultOfCounts(positive.counts) ?? faultOfCounts(negative.counts) ?? faultOf(zeroCount, 0) ?? faultOf(sum)
  )
}

/** Whether a run's buckets are ones that a double can fall into: others would overflow the arithmetic of indexes. */
function isWithinDoubles({ offset, counts }: ExponentialRun, scale: number): boolean {
  if (!Number.isInteger(offset) || !Array.isArray(counts)) return false
  if (counts.length === 0) return true
  return offset >= -1075 * 2 ** scale - 1 && offset + counts.length <= 1024 * 2 ** scale + 1
}

export function faultOfSummary(totals: SummaryTotals, count: number): DropReason | undefined {
  const { quantiles } = totals
  if (
    !Array.isArray(quantiles) ||
    quantiles.length !== count ||
    !quantiles.every((value) => typeof value === 'number')
  )
    return 'not_a_number'
  return faultOf(totals.count, 0) ?? faultOf(totals.sum)
}

function faultOfCounts(counts: readonly number[]): DropReason | undefined {
  for (const count of counts) {
    const fault = faultOf(count, 0)
    if (fault !== undefined) return fault
  }
  return undefined
}

export function takeHistogram(
  { instrument, totals, slot, source }: Destination,
  told: HistogramTotals,
): void {
  const { bounds } = instrument.definition
  const last = totals.numbers(source)
  const next = new Float64Array(last.length)
  const sumAt = bounds.length + 1
  const bucketFor = (i: number) => (i < told.bounds.length ? bucketOf(bounds, told.bounds[i]) : bounds.length)
  told.buckets.forEach((count, i) => (next[bucketFor(i)] += count))
  next[sumAt] = told.sum
  const isReset = last.some((count, i) => i < sumAt && next[i] < count)
  const page = instrument.cells.pageFor(slot)
  const at = instrument.cells.indexOf(slot)
  for (let i = 0; i <= sumAt; i++) page[at + i] = followed(page[at + i], last[i], next[i], isReset)
  last.set(next)
  told.exemplars?.forEach((exemplar, i) => {
    if (exemplar !== undefined) instrument.keepExemplar(slot, bucketFor(i), undefined, exemplar)
  })
}

export function takeExponential({ instrument, totals, slot, source }: Destination, told: ExponentialTotals) {
  const state = instrument.states[slot] as ExponentialBuckets
  const last = totals.exponentials[source]
  const isReset = last !== undefined && countOf(told) < countOf(last)
  const sum = followed(state.sum, last?.sum ?? 0, told.sum, isReset)
  if (last !== undefined && !isReset) state.merge(last, -1)
  state.merge(told, 1)
  state.sum = sum
  const copy = ({ offset, counts }: ExponentialRun) => ({ offset, counts: [...counts] })
  totals.exponentials[source] = {
    ...told,
    positive: copy(told.positive),
    negative: copy(told.negative),
  }
}

export function takeSummary({ instrument, totals, slot, source }: Destination, told: SummaryTotals): void {
  const window = instrument.states[slot] as SlidingWindow
  const last = totals.numbers(source)
  const isReset = told.count < last[1]
  window.sum = followed(window.sum, last[0], told.sum, isReset)
  window.count = followed(window.count, last[1], told.count, isReset)
  // quantiles of several sources can't be made one
  window.told = instrument.isMerged ? told.quantiles.map(() => Number.NaN) : [...told.quantiles]
  last[0] = told.sum
  last[1] = told.count
}

function countOf({ zeroCount, positive, negative }: ExponentialTotals): number {
  let count = zeroCount
  for (const { counts } of [positive, negative]) for (const n of counts) count += n
  return count
}
