import { OTHER_NAME } from '@tidegauge/attach'
import type { AttemptKind } from '../refreshes/attempt.js'
import { addResult, addTotals, type AttemptTotals, type MutableTotals } from '../refreshes/result-counts.js'
import type { ByName, IpnsResult, RecordCounts } from '../source.js'
import { countRecords, type CountableRecord } from './count-records.js'
import type { IpnsRecord, StoredRecord } from './record.js'

/** How an attempt ended. */
export interface AttemptEnd {
  readonly kind: AttemptKind
  readonly result: IpnsResult
}

/** An attempt that has started, for {@link RecordStates.attemptEnded}. */
export interface StartedAttempt {
  /** It counts under the namespace of this one, also when the record is gone by then. */
  readonly state: RecordState
  readonly order: number
}

interface RecordState {
  /** Undefined: the record has not been read yet. */
  namespace: string | undefined
  /** When the latest attempt started, in milliseconds since the Unix epoch. */
  startedMs: number
  /** Whether the attempt failed that started last of those that have ended. */
  isBackingOff: boolean
  /** The order of that attempt. */
  decidedBy: number
  /** Attempts on the present node that have neither succeeded nor failed yet. */
  pending: number
  /** Results that are counted when the namespace is known. */
  uncounted: { refresh?: MutableTotals; publish?: MutableTotals } | undefined
}

/** The namespace of each record and the outcome of its latest attempt, by the record's key. */
export class RecordStates {
  readonly #namespaceOf: (record: IpnsRecord) => string
  readonly #totals: AttemptTotals
  readonly #states = new Map<string, RecordState>()
  #records: ReadonlyMap<string, StoredRecord> = new Map()
  #attempts = 0
  #attemptsOfOldNodes = 0
  #checkedRunMs: number | undefined

  /** `namespaceOf` returns the namespace under which a record is exported. Attempts are counted into `totals`. */
  constructor(namespaceOf: (record: IpnsRecord) => string, totals: AttemptTotals) {
    this.#namespaceOf = namespaceOf
    this.#totals = totals
  }

  /** An attempt starts, with the record when it is published. */
  attemptStarted(key: string, record: IpnsRecord | undefined, nowMs: number): StartedAttempt {
    const state = this.#of(key)
    if (record !== undefined) this.#setNamespace(state, this.#namespaceOf(record))
    state.startedMs = nowMs
    state.pending++
    return { state, order: ++this.#attempts }
  }

  /** An attempt has ended. It decides about the back-off unless one that started later has ended before. */
  attemptEnded({ state, order }: StartedAttempt, { kind, result }: AttemptEnd, nowMs: number): void {
    if (order > this.#attemptsOfOldNodes) state.pending--
    const totals =
      state.namespace === undefined
        ? ((state.uncounted ??= {})[kind] ??= { success: 0, failure: 0 })
        : this.#totals[kind].of(state.namespace)
    addResult(totals, result, nowMs)
    if (order < state.decidedBy) return
    state.decidedBy = order
    state.isBackingOff = result === 'failure'
  }

  /** Another node takes over. What is pending on the old one may never end, and keeps no state any more. */
  nodeChanged(): void {
    this.#attemptsOfOldNodes = this.#attempts
    for (const state of this.#states.values()) state.pending = 0
  }

  /** Takes the records as they were read. `isCurrent`: nothing has been written since; else they are read again. */
  update(records: ReadonlyMap<string, StoredRecord>, isCurrent: boolean): void {
    if (records === this.#records) return
    this.#records = records
    for (const [key, { record }] of records) this.#setNamespace(this.#of(key), this.#namespaceOf(record))
    if (isCurrent) this.#removeAbsent()
  }

  /**
   * Counts a failed refresh for each record that a run should have refreshed and did not hand to any router: a
   * republisher may skip a record, because its key is not in the keychain or it cannot be signed or read. Once per
   * run; `runMs` is the start of the latest run that is complete.
   */
  countSkipped(runMs: number, nowMs: number): void {
    if (runMs === this.#checkedRunMs) return
    this.#checkedRunMs = runMs
    for (const [key, { createdMs, dueMs }] of this.#records) {
      const { startedMs } = this.#of(key)
      if (Math.max(createdMs, dueMs, startedMs) >= runMs) continue
      const skipped = this.attemptStarted(key, undefined, startedMs)
      this.attemptEnded(skipped, { kind: 'refresh', result: 'failure' }, nowMs)
    }
  }

  /**
   * The records as they are now, with every namespace that has ever had one. `nextRunMs` is undefined when no run is
   * planned; a record is refreshed by the first run at which it is due.
   */
  count(nowMs: number, nextRunMs: number | undefined): ByName<RecordCounts> {
    return countRecords(this.#countable(nextRunMs), this.#totals.namespaces, nowMs)
  }

  *#countable(nextRunMs: number | undefined): Iterable<CountableRecord> {
    for (const [key, { dueMs }] of this.#records) {
      const { namespace = OTHER_NAME, isBackingOff } = this.#of(key)
      const nextAttemptMs = nextRunMs === undefined ? undefined : Math.max(nextRunMs, dueMs)
      yield { namespace, dueMs, nextAttemptMs, isBackingOff }
    }
  }

  /** Deletes the states of records that are gone. What is being published may not be written yet. */
  #removeAbsent(): void {
    for (const [key, state] of this.#states) {
      if (this.#records.has(key) || state.pending > 0) continue
      if (state.namespace === undefined) this.#setNamespace(state, OTHER_NAME)
      this.#states.delete(key)
    }
  }

  #setNamespace(state: RecordState, namespace: string): void {
    state.namespace = namespace
    this.#totals.addNamespace(namespace)
    for (const kind of ['refresh', 'publish'] as const) {
      const uncounted = state.uncounted?.[kind]
      if (uncounted !== undefined) addTotals(this.#totals[kind].of(namespace), uncounted)
    }
    state.uncounted = undefined
  }

  #of(key: string): RecordState {
    const known = this.#states.get(key)
    if (known !== undefined) return known
    const state = {
      namespace: undefined,
      startedMs: -Infinity,
      isBackingOff: false,
      decidedBy: 0,
      pending: 0,
      uncounted: undefined,
    }
    this.#states.set(key, state)
    return state
  }
}
