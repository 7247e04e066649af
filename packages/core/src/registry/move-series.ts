import type { SourceTotals } from '../recording/following/source-totals.js'
import { newBucket, rebucketed } from '../recording/rebucketed.js'
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
    moveOne(from, to, slot, labels)
  }
  if (from.totals.isOwn) moveSources(from.totals, to)
  to.instrument.hasEarlierCounts ||= from.instrument.hasEarlierCounts
  from.instrument.clear()
  from.instrument.successor = to
}

function moveOne(from: Recorded, to: Recorded, slot: number, labels: Readonly<Record<string, string>>): void {
  const texts = to.instrument.textsFor(labels)
  const isOverflow = from.instrument.isOverflow(slot)
  const target = isOverflow ? to.instrument.overflowSlot(texts) : to.instrument.slotForTexts(texts).slot
  if (target < 0) return
  if (hasCounted(from.instrument, slot)) to.instrument.hasEarlierCounts = true
  moveNumbers(from.instrument, slot, to.instrument, target)
  moveExemplars(from.instrument, slot, to.instrument, target)
  if (from.totals.isOwn) return
  const source = to.totals.isOwn ? to.totals.slotFor(labels) : target
  if (typeof source === 'number' && source >= 0) to.totals.copyFrom(from.totals, slot, source)
}

/** What each source reported last, where a view had made one series of several: it must not be added again. */
function moveSources(from: SourceTotals, { instrument, totals }: Recorded): void {
  for (const { labels, slot } of from.sources()) {
    const target = totals.isOwn ? totals.slotFor(labels) : instrument.reserve(instrument.textsFor(labels))
    if (typeof target === 'number' && target >= 0) totals.copyFrom(from, slot, target)
  }
}

function hasCounted(instrument: Instrument, slot: number): boolean {
  const state = instrument.states[slot]
  if (state !== undefined) return state.count > 0
  const at = instrument.cells.indexOf(slot)
  const numbers = instrument.cells.pageFor(slot).subarray(at, at + instrument.definition.cells)
  return numbers.some((number) => number !== 0)
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
  const sourceAt = from.cells.indexOf(slot)
  const numbers = from.cells.pageFor(slot).subarray(sourceAt, sourceAt + from.definition.cells)
  const [page, at] = [to.cells.pageFor(target), to.cells.indexOf(target)]
  rebucketed(numbers, from.definition.bounds, to.definition.bounds).forEach(
    (number, i) => (page[at + i] += number),
  )
}

function moveExemplars(from: Instrument, slot: number, to: Instrument, target: number): void {
  if (from.exemplars.size === 0) return
  const { kind, cells, bounds } = from.definition
  for (let i = 0; i < cells; i++) {
    const exemplar = from.exemplars.at(slot * cells + i)
    const cell = kind === 'histogram' ? newBucket(i, bounds, to.definition.bounds) : i
    if (exemplar !== undefined) to.exemplars.put(target * to.definition.cells + cell, exemplar)
  }
}

function mergeExponential(from: ExponentialBuckets, to: ExponentialBuckets): void {
  to.absorb(from)
  to.sum += from.sum
}
