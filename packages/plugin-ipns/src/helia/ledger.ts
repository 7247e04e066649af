import type { ByName, RecordFigures, RefreshFigures, ResultTotals } from '../source.js'
import { NamespaceTotals } from '../totals.js'
import { Activities, type AttemptEnd } from './activity.js'
import type { Naming } from './naming.js'
import type { RecordShelf } from './record-shelf.js'
import type { StoredRecord } from './stored-records.js'

/** A record that is handed to the routers. */
export interface RecordPut {
  readonly key: string
  readonly routingKey: Uint8Array
  readonly metadata: unknown
}

/** What each record's attempts came to, and the totals by namespace. */
export class Ledger {
  readonly #naming: Naming
  readonly #activities = new Activities()
  readonly #totals = new NamespaceTotals()
  #skipsCountedMs: number | undefined

  /** `namespaces` begin at zero. */
  constructor(naming: Naming, namespaces: readonly string[]) {
    this.#naming = naming
    for (const namespace of namespaces) this.#totals.of(namespace)
  }

  /**
   * A record begins its way to the routers. With metadata it is published, without it is refreshed. Returns the order
   * of the attempt, for {@link ended}.
   */
  began({ key, routingKey, metadata }: RecordPut, nowMs: number): number {
    if (metadata !== undefined) this.#naming.learn(key, routingKey, metadata)
    return this.#activities.began(key, nowMs)
  }

  ended(key: string, end: AttemptEnd, nowMs: number): void {
    this.#activities.ended(key, end, nowMs)
  }

  /** Puts what has ended into the totals of its namespace. `endedRunMs`: see `RepublisherWatch`. */
  settle(
    shelf: Pick<RecordShelf, 'records' | 'isCurrent'>,
    endedRunMs: number | undefined,
    nowMs: number,
  ): void {
    const { records, isCurrent } = shelf
    if (records !== undefined) this.#naming.know(records)
    if (records !== undefined && isCurrent) this.#countSkipped(records, endedRunMs, nowMs)
    this.#activities.drain((key, activity) => {
      // one that is still under way needs its name when it ends
      const isGone = isCurrent && records?.has(key) === false && activity.underWay === 0
      const namespace = isGone ? this.#naming.forget(key) : this.#naming.find(key)
      if (namespace === undefined) return 'later'
      this.#totals.add(namespace, activity)
      return isGone ? 'forget' : 'keep'
    })
    if (isCurrent) this.#naming.release((key) => this.#activities.find(key) !== undefined)
  }

  /**
   * The records as they are now, of every namespace that ever was. `nextRunMs` is left out where no run is planned.
   * The next attempt is the first run at which a record is due, at the earliest.
   */
  figures(
    records: ReadonlyMap<string, StoredRecord>,
    nowMs: number,
    nextRunMs: number | undefined,
  ): ByName<RecordFigures> {
    const byNamespace = new Map<string, Mutable<RecordFigures>>()
    const figuresOf = (namespace: string): Mutable<RecordFigures> => {
      const known = byNamespace.get(namespace)
      if (known !== undefined) return known
      this.#totals.of(namespace)
      const fresh = { active: 0, backoff: 0, overdue: 0 }
      byNamespace.set(namespace, fresh)
      return fresh
    }
    for (const namespace of this.#totals.names) figuresOf(namespace)
    for (const [key, { dueMs }] of records) {
      const figures = figuresOf(this.#naming.find(key)!)
      if (this.#activities.find(key)?.isBackingOff) figures.backoff++
      else figures.active++
      if (nowMs > dueMs) figures.overdue++
      if (nextRunMs !== undefined)
        figures.nextAttemptMs = Math.min(figures.nextAttemptMs ?? Infinity, Math.max(nextRunMs, dueMs))
    }
    return Object.fromEntries(byNamespace)
  }

  refreshes(): ByName<RefreshFigures> {
    return this.#totals.refreshes()
  }

  publishes(): ByName<ResultTotals> {
    return this.#totals.publishes()
  }

  /**
   * Records that a run should have refreshed and did not so much as hand to a router: the republisher passes over one
   * whose key is not in the keychain, or that it can't sign or read, and says so in its log only.
   */
  #countSkipped(
    records: ReadonlyMap<string, StoredRecord>,
    endedRunMs: number | undefined,
    nowMs: number,
  ): void {
    if (endedRunMs === undefined || endedRunMs === this.#skipsCountedMs) return
    this.#skipsCountedMs = endedRunMs
    for (const [key, { createdMs, dueMs }] of records) {
      const beganMs = this.#activities.find(key)?.beganMs ?? -Infinity
      if (Math.max(createdMs, dueMs, beganMs) >= endedRunMs) continue
      const order = this.#activities.began(key, beganMs)
      this.ended(key, { kind: 'refresh', result: 'failure', order }, nowMs)
    }
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
