import type { DropReason } from '../definition/drop-reason.js'
import type { BoundSlot } from '../storage/bound-slots.js'
import type { Instrument, Successor } from '../storage/instrument.js'

const NOWHERE = new Float64Array(0)

/**
 * One series, kept on a hot path: the page and the index of its first number.
 *
 * `at` is -1 while it has no place: before a gauge's first value, after its series was removed, while the
 * instrument is over its limit, or when its labels were refused. Recording then takes the slow way, which
 * finds or makes the place again.
 */
export class BoundSeries implements BoundSlot {
  instrument: Instrument
  /** Another bound object of the same slot. */
  next: BoundSlot | undefined
  /** Looks its place up each time: several bound objects stand for one series that a view has merged. */
  isLoose = false
  protected page: Float64Array = NOWHERE
  protected at = -1
  protected slot = -1
  /** Without a slot: the texts to find it by, or why the labels were refused. */
  #texts: readonly string[] | DropReason | undefined
  /** The labels that it had before its instrument was replaced: a view may keep less of them. */
  #labels: Readonly<Record<string, string>> | undefined

  constructor(instrument: Instrument, place: number | readonly string[] | DropReason) {
    this.instrument = instrument
    if (typeof place === 'number') this.#attach(place)
    else this.#texts = place
  }

  /** The series is gone; its next sample makes it anew. */
  detach(texts: readonly string[]): void {
    this.page = NOWHERE
    this.at = -1
    this.slot = -1
    this.#texts = texts
  }

  /** The slot to record in: this series' own, the overflow's, or -1 when its labels were refused. */
  protected place(): number {
    if (this.slot >= 0) return this.slot
    while (this.instrument.successor !== undefined) this.#follow(this.instrument.successor)
    if (typeof this.#texts === 'string') return this.instrument.drop(this.#texts)
    const { slot, overflow } = this.instrument.slotForTexts(this.#texts!)
    if (slot >= 0 && !overflow && !this.isLoose) {
      this.#attach(slot)
      this.instrument.bound.add(slot, this)
    }
    return slot
  }

  /** The slot of the series, wherever it was made, or -1. */
  protected find(): number {
    while (this.instrument.successor !== undefined) this.#follow(this.instrument.successor)
    if (this.slot >= 0 || typeof this.#texts !== 'object') return this.slot
    return this.instrument.table.findTexts(this.#texts)
  }

  /** Called after the series' instrument was replaced by another that took over its series. */
  protected moved(_to: Successor, _labels: Readonly<Record<string, unknown>>): void {}

  #follow(successor: Successor): void {
    const { labels } = this.instrument.definition
    const texts = this.#texts
    this.instrument = successor.instrument
    this.isLoose = successor.instrument.isMerged
    if (typeof texts !== 'object') return this.moved(successor, {})
    this.#labels ??= Object.fromEntries(labels.map(({ name }, i) => [name, texts[i]]))
    this.#texts = successor.instrument.textsFor(this.#labels)
    this.moved(successor, this.#labels)
  }

  #attach(slot: number): void {
    this.slot = slot
    this.page = this.instrument.cells.pageFor(slot)
    this.at = this.instrument.cells.indexOf(slot)
  }
}

/** Why a number can't be recorded, for the slow path: `min` is the smallest that may be. */
export function dropReasonOf(value: unknown, min = Number.NEGATIVE_INFINITY): DropReason | undefined {
  if (typeof value !== 'number' || Number.isNaN(value)) return 'not_a_number'
  if (value < min) return value === Number.NEGATIVE_INFINITY ? 'infinite' : 'negative'
  return Math.abs(value) === Number.POSITIVE_INFINITY ? 'infinite' : undefined
}
