import type { DropReason } from '../../definition/drop-reason.js'
import type {
  ExponentialRun,
  ExponentialTotals,
  HistogramTotals,
  SummaryTotals,
} from '../../definition/handles.js'
import { MAX_SCALE, MIN_SCALE } from '../../storage/exponential.js'
import { dropReasonOf } from '../bound-series.js'

/**
 * A copy of what a source reported, or why it can't be taken. Each property of the caller's objects is read once: what
 * was checked is what is used. A getter or a proxy of the caller's may throw.
 */
export function readTotals<T extends object>(read: () => T | DropReason): T | DropReason {
  try {
    return read()
  } catch {
    return 'not_a_number'
  }
}

export function readHistogram(reported: HistogramTotals): HistogramTotals | DropReason {
  const { bounds, buckets, sum, exemplars = [] } = reported
  if (![bounds, buckets, exemplars].every((list) => Array.isArray(list))) return 'not_a_number'
  const copy = { bounds: [...bounds], buckets: [...buckets], sum, exemplars: [...exemplars] }
  if (copy.buckets.length !== copy.bounds.length + 1) return 'not_a_number'
  if (!copy.bounds.every((bound) => Number.isFinite(bound))) return 'not_a_number'
  return dropReasonOfCounts(copy.buckets) ?? dropReasonOf(sum) ?? copy
}

export function readExponential(reported: ExponentialTotals): ExponentialTotals | DropReason {
  const { scale, zeroCount, sum } = reported
  const [positive, negative] = [copyOfRun(reported.positive), copyOfRun(reported.negative)]
  if (!Number.isInteger(scale) || scale < MIN_SCALE || scale > MAX_SCALE) return 'not_a_number'
  if (![positive, negative].every((run) => isWithinDoubles(run, scale))) return 'not_a_number'
  const counts = [zeroCount, ...positive.counts, ...negative.counts]
  return dropReasonOfCounts(counts) ?? dropReasonOf(sum) ?? { scale, zeroCount, sum, positive, negative }
}

/** `quantiles` is how many the instrument has. */
export function readSummary(reported: SummaryTotals, quantiles: number): SummaryTotals | DropReason {
  const { count, sum } = reported
  const given = reported.quantiles
  if (!Array.isArray(given)) return 'not_a_number'
  const copy: unknown[] = [...given]
  if (copy.length !== quantiles || !copy.every((value) => typeof value === 'number')) return 'not_a_number'
  return dropReasonOfCounts([count]) ?? dropReasonOf(sum) ?? { count, sum, quantiles: copy }
}

function copyOfRun({ offset, counts }: ExponentialRun): ExponentialRun {
  if (!Array.isArray(counts)) throw new TypeError('counts is not a list')
  return { offset, counts: [...counts] }
}

/** Whether a run's buckets are ones that a double can fall into: others would overflow the arithmetic of indexes. */
function isWithinDoubles({ offset, counts }: ExponentialRun, scale: number): boolean {
  if (!Number.isInteger(offset)) return false
  if (counts.length === 0) return true
  return offset >= -1075 * 2 ** scale - 1 && offset + counts.length <= 1024 * 2 ** scale + 1
}

/** Why these are not counts, one by one and in all: formats carry them as integers. */
function dropReasonOfCounts(counts: readonly number[]): DropReason | undefined {
  let total = 0
  for (const count of counts) {
    const dropReason = dropReasonOf(count, 0)
    if (dropReason !== undefined) return dropReason
    total += count
    if (!Number.isSafeInteger(count)) return 'not_an_integer'
  }
  return Number.isSafeInteger(total) ? undefined : 'not_an_integer'
}
