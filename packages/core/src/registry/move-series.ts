import { bucketOf } from '../recording/bucket-of.js'
import type { SourceTotals } from '../recording/following/source-totals.js'
import { ExponentialBuckets } from '../storage/exponential.js'
import type { Instrument } from '../storage/instrument.js'
import type { SlidingWindow } from '../storage/sliding-window.js'

/** An instrument with the totals of the sources that its handle follows. */
export interface Recorded {
  readonly instrument: Instrument
  readonly totals: SourceTotals
}

/**
 * Moves every series of one instrument to another of the same definition in another registry, whose views and
 * privacy rules apply from then on. Handles and bound series of the first go on in the second.
 */
export function moveSeries(from: Recorded, to: Recorded): void {
  const { table, definition } = from.instrument
  const names = definition.labels.map(({ name }) => name)
  for (let slot = 0; slot < table.end; slot++) {
    if (!table.isLive(slot)) continue
    const texts = table.texts(slot)
    const labels = Object.fromEntries(names.map((name, i) => [name, texts[i]]))
    const target = to.instrument.slotFor(labels)
    if (target < 0) continue
    moveNumbers(from.instrument, slot, to.instrument, target)
    to.instrument.exemplars.moveFrom(from.instrument.exemplars, slot, target, definition.cells)
    const source = to.totals.isOwn ? to.totals.slotFor(labels) : target
    if (typeof source === 'number' && source >= 0) to.totals.copyFrom(from.totals, slot, source)
  }
  from.instrument.clear()
  from.instrument.successor = to
}

function moveNumbers(from: Instrument, slot: number, to: Instrument, target: number): void {
  switch (from.definition.kind) {
    case 'exponential_histogram':
      return mergeExponential(
        from.states[slot] as ExponentialBuckets,
        to.states[target] as ExponentialBuckets,
      )
    case 'summary':
      return (to.states[target] as SlidingWindow).absorb(from.states[slot] as SlidingWindow)
    case 'histogram':
      return addHistogram(from, slot, to, target)
    case 'counter':
    case 'up_down_counter':
      return to.cells.set(target, to.cells.get(target) + from.cells.get(slot))
    default:
      return setCells(from, slot, to, target)
  }
}

function setCells(from: Instrument, slot: number, to: Instrument, target: number): void {
  const at = from.cells.indexOf(slot)
  const numbers = from.cells.pageFor(slot).subarray(at, at + from.definition.cells)
  to.cells.pageFor(target).set(numbers, to.cells.indexOf(target))
}

/** A view of the other registry may have given the histogram other bounds. */
function addHistogram(from: Instrument, slot: number, to: Instrument, target: number): void {
  const [source, sourceAt] = [from.cells.pageFor(slot), from.cells.indexOf(slot)]
  const [page, at] = [to.cells.pageFor(target), to.cells.indexOf(target)]
  const [old, bounds] = [from.definition.bounds, to.definition.bounds]
  for (let i = 0; i <= old.length; i++) {
    const bucket = i < old.length ? bucketOf(bounds, old[i]) : bounds.length
    page[at + bucket] += source[sourceAt + i]
  }
  page[at + bounds.length + 1] += source[sourceAt + old.length + 1]
}

function mergeExponential(from: ExponentialBuckets, to: ExponentialBuckets): void {
  to.absorb(from)
  to.sum += from.sum
}
