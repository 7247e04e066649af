import type { Instrument } from '../../storage/instrument.js'
import { followed, type SourceTotals } from './source-totals.js'
import type { ExponentialBuckets } from '../../storage/exponential.js'
import type { SlidingWindow } from '../../storage/sliding-window.js'
import { bucketOf } from '../bucket-of.js'
import type { ExponentialTotals, HistogramTotals, SummaryTotals } from '../../definition/handles.js'

/** Where the totals of one source go: the series' slot, and the source's own among those remembered. */
export interface Destination {
  readonly instrument: Instrument
  readonly totals: SourceTotals
  readonly slot: number
  readonly source: number
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
  totals.exponentials[source] = reported
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
  window.reported = instrument.isMerged ? reported.quantiles.map(() => Number.NaN) : reported.quantiles
  last[0] = reported.sum
  last[1] = reported.count
}

function countOf({ zeroCount, positive, negative }: ExponentialTotals): number {
  let count = zeroCount
  for (const { counts } of [positive, negative]) for (const n of counts) count += n
  return count
}
