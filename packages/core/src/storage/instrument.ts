import type { Clock } from '../clock.js'
import type { Exemplar } from '../definition/handles.js'
import type { ResolvedDefinition } from '../definition/resolve.js'
import { float64Column, uint32Column } from './column.js'
import { ExponentialBuckets } from './exponential.js'
import { BoundSlots } from './bound-slots.js'
import { cacheLabels } from './cache-labels.js'
import { MAX_CACHED } from './front-cache.js'
import type { InstrumentSettings, Losses, SlotColumn } from './instrument-settings.js'
import type { SeriesPlace } from './series-place.js'
import { SlidingWindow } from './sliding-window.js'
import type { LabelDropReason } from './label-reader.js'
import type { SeriesTable } from './series-table.js'
import type { PluginInstance } from './plugin-instance.js'
import type { DropReason } from '../definition/drop-reason.js'
import { passOf } from './current-pass.js'
import { ExemplarStore } from './exemplar-store.js'

type Labels = Readonly<Record<string, unknown>>

/** What took an instrument's series over, with the totals of the sources that they follow. */
export interface Successor {
  readonly instrument: Instrument
  /** The `SourceTotals` of the other instrument's handle. */
  readonly totals: object
}

/** Stands in the open labels of the series that takes what is over the limit. */
export const OVERFLOW_VALUE = '__overflow__'

/** One plugin instance's series of one definition, in columns by slot. */
export class Instrument {
  readonly definition: ResolvedDefinition
  readonly instance: PluginInstance
  readonly table: SeriesTable
  readonly clock: Clock
  readonly isMerged: boolean
  /** The numbers of each series; what they mean depends on the kind (see `cellsOf` in `resolve.ts`). */
  readonly cells
  /** Buckets or windows by slot, for the kinds that keep more than plain numbers. */
  readonly states: (ExponentialBuckets | SlidingWindow | undefined)[] = []
  /** The collect pass that last touched each series; only gauges and series of lifetime `collect` have it. */
  readonly stamps = uint32Column()
  readonly exemplars = new ExemplarStore()
  readonly bound = new BoundSlots()
  /** Told of every new slot, such as the rate that follows a counter. */
  readonly followers: SlotColumn[] = []
  /** Whether any series holds counts from before it was created: of a source, or of another registry. */
  hasEarlierCounts = false
  /** Set when the series were moved to another registry: bound series follow at their next sample. */
  successor: Successor | undefined
  /** Brings a derived instrument up to date before it is read. */
  refresh: (() => void) | undefined
  readonly #losses: Losses
  readonly #callerLabels: ReadonlySet<string>
  readonly #overflowSlots = new Set<number>()
  #isCached = true

  constructor(definition: ResolvedDefinition, settings: InstrumentSettings) {
    this.definition = definition
    this.instance = settings.instance
    this.table = settings.table
    this.clock = settings.clock
    this.isMerged = settings.isMerged ?? false
    this.cells = float64Column(definition.cells)
    this.#losses = settings.losses
    this.#callerLabels = new Set(settings.callerLabels)
  }

  /** Where to record labels that the cache knows; undefined for others, and for what is no labels object at all. */
  placeFor(labels: Labels): SeriesPlace | undefined {
    const { front } = this.table
    if (front === undefined) return undefined
    try {
      return front.find(labels)
    } catch {
      // a getter or a proxy of the caller's threw: the slow way finds the reason
      return undefined
    }
  }

  /** The slot to record other labels in, made if need be; -1 when they were refused (and that was counted). */
  slotFor(labels: Labels): number {
    const slot = this.#findInTable(labels)
    if (slot >= 0) return slot
    const texts = this.read(labels)
    return typeof texts === 'string' ? this.drop(texts, labels) : this.slotForTexts(texts).slot
  }

  /** The slot of these labels, or -1, also for what is no labels object at all. */
  find(labels: Labels): number {
    const place = this.placeFor(labels)
    return place === undefined ? this.#findInTable(labels) : place.slot
  }

  /** The same by the texts that the labels are kept under, and whether the slot is the overflow's. */
  slotForTexts(texts: readonly string[]): { slot: number; overflow: boolean } {
    const known = this.table.findTexts(texts)
    if (known >= 0) return { slot: known, overflow: this.isOverflow(known) }
    if (!this.#isFull()) return { slot: this.#allocate(texts), overflow: false }
    this.countOverflow()
    return { slot: this.overflowSlot(texts), overflow: true }
  }

  /** The slot of a series that may be made before its first value; -1 when the instrument is full. */
  reserve(texts: readonly string[]): number {
    const known = this.table.findTexts(texts)
    if (known >= 0) return this.isOverflow(known) ? -1 : known
    return this.#isFull() ? -1 : this.#allocate(texts)
  }

  /** The slot of a series that no limit holds for, because it is made of others that one holds for. */
  slotOfDerived(texts: readonly string[]): number {
    const known = this.table.findTexts(texts)
    return known >= 0 ? known : this.#allocate(texts)
  }

  /** The texts to keep these labels under, or why they are refused. */
  read(labels: Labels): string[] | LabelDropReason {
    if (typeof labels !== 'object' || labels === null) return 'label_missing'
    try {
      const texts = this.table.read(labels)
      if (typeof texts === 'string') return texts
      return Object.keys(labels).every((name) => this.#callerLabels.has(name)) ? texts : 'label_unknown'
    } catch {
      // a getter or a proxy of the caller's threw
      return 'label_type'
    }
  }

  /**
   * The texts to keep a series under that another instrument of the same definition had under these labels. A label
   * that the other did not have, because a view dropped it there, is empty.
   */
  textsFor(labels: Readonly<Record<string, string>>): string[] {
    return this.table.readers.map((reader) => {
      const read = reader.read(labels[reader.name])
      return 'text' in read ? read.text : ''
    })
  }

  /** Whether callers record without labels. */
  get hasNoCallerLabels(): boolean {
    return this.#callerLabels.size === 0
  }

  /** Counts a dropped sample; always -1, for the caller to return. */
  drop(reason: DropReason, received?: unknown): -1 {
    if (this.successor !== undefined) return this.successor.instrument.drop(reason, received)
    this.#losses.dropped(this, reason, received)
    return -1
  }

  /** Logs, once for each reason, why labels were refused; the samples recorded with them are counted when they come. */
  explain(reason: DropReason, received: unknown): void {
    this.#losses.explained(this, reason, received)
  }

  countOverflow(): void {
    this.#losses.overflowed(this)
  }

  /** Without a value, the exemplar has one of its own. */
  keepExemplar(slot: number, cell: number, value: number | undefined, exemplar: Exemplar): void {
    const kept = this.exemplars.keep(slot * this.definition.cells + cell, value, exemplar, this.clock)
    if (!kept) this.drop('exemplar_too_long', exemplar)
  }

  remove(slot: number): void {
    if (slot < 0 || !this.table.isLive(slot)) return
    this.bound.detach(slot, () => this.table.texts(slot))
    if (this.exemplars.size > 0) this.exemplars.forget(slot * this.definition.cells, this.definition.cells)
    if (this.states.length > 0) this.states[slot] = undefined
    this.#overflowSlots.delete(slot)
    this.table.remove(slot)
  }

  /** Whether a live slot takes what is over the limit. */
  isOverflow(slot: number): boolean {
    return this.#overflowSlots.has(slot)
  }

  clear(): void {
    for (let slot = 0; slot < this.table.end; slot++) this.remove(slot)
  }

  /** Notes that this series was written, when the pass that is under way did it. */
  stamp(slot: number): void {
    const { instance } = this
    // between passes, which is the hot path, nothing more is asked
    if (instance.pass === 0) return
    if (this.definition.lifetime !== 'collect') return
    const pass = passOf(instance)
    if (pass !== 0) this.stamps.set(slot, pass)
  }

  /** Removes the series that an earlier collect pass reported and this one did not. */
  sweep(pass: number): void {
    for (let slot = 0; slot < this.table.end; slot++) {
      const stamp = this.stamps.get(slot)
      if (stamp !== 0 && stamp !== pass) this.remove(slot)
    }
  }

  #findInTable(labels: Labels): number {
    let slot = -1
    try {
      slot = this.table.find(labels)
      if (slot >= 0 && this.#isCached && !cacheLabels(this.table, this.cells, labels)) this.#dropCache()
    } catch {
      // as above; the slot is none, or was found before
    }
    return slot
  }

  #isFull(): boolean {
    const { definition, table } = this
    return definition.hasOpenLabels && table.size - this.#overflowSlots.size >= definition.seriesLimit
  }

  /** The slot that takes what is over the limit, of series with these texts. */
  overflowSlot(texts: readonly string[]): number {
    const kept = this.table.readers.map((reader, i) =>
      reader.values === undefined ? OVERFLOW_VALUE : texts[i],
    )
    const slot = this.slotOfDerived(kept)
    if (slot >= 0) this.#overflowSlots.add(slot)
    return slot
  }

  #allocate(texts: readonly string[]): number {
    const slot = this.table.add(texts)
    if (slot < 0) return this.drop('pool_full')
    if (this.table.size > MAX_CACHED) this.#dropCache()
    this.#place(this.cells, slot)
    if (this.definition.kind === 'gauge' || this.definition.lifetime === 'collect')
      this.#place(this.stamps, slot)
    for (const follower of this.followers) this.#place(follower, slot)
    const state = this.#newState()
    if (state !== undefined) this.states[slot] = state
    return slot
  }

  #place(column: SlotColumn, slot: number): void {
    column.reserve(slot)
    column.clear(slot)
  }

  /** Permanently: a family that was too large for it once will often be again. */
  #dropCache(): void {
    this.#isCached = false
    this.table.front = undefined
  }

  #newState(): ExponentialBuckets | SlidingWindow | undefined {
    const { kind, maxBuckets, windowMs } = this.definition
    if (kind === 'exponential_histogram') return new ExponentialBuckets(maxBuckets)
    if (kind === 'summary') return new SlidingWindow(this.clock, windowMs)
    return undefined
  }
}
