import { systemClock, type Clock } from '@tidegauge/core'
import { DEFAULT_NAMESPACE } from './helia/naming.js'
import type { IpnsResult, IpnsSnapshot, IpnsSource, RecordFigures } from './source.js'
import { addResult, NamespaceTotals } from './totals.js'

/** What may be told of a record. What is left out stays as it was. */
export interface RecordFacts {
  /** Default `ipns`. */
  readonly namespace?: string
  /** From when on it is due for a refresh, in milliseconds since the Unix epoch. Default: never. */
  readonly dueMs?: number
  /** When it is planned to be refreshed next, in milliseconds since the Unix epoch. Default: not planned. */
  readonly nextAttemptMs?: number
}

/** A source that is told what happens, for stacks of which the plugin knows nothing. No call of it throws. */
export interface IpnsRecorder extends IpnsSource {
  /** Begins to keep a record alive, or tells something new of it. `record` is any text that names it. */
  track(record: string, facts?: RecordFacts): void
  /** The record is no longer kept alive. What was counted stays. */
  untrack(record: string): void
  /** A refresh has reached the network. Ends the back-off of the record. */
  refreshSucceeded(record: string, facts?: RecordFacts): void
  /** A refresh has not reached the network. The record is in back-off until an attempt succeeds. */
  refreshFailed(record: string, facts?: RecordFacts): void
  /** The application has published a record; a failure puts it in back-off too. */
  published(record: string, result: IpnsResult, facts?: RecordFacts): void
  /** The task that refreshes records was started or stopped. */
  republisher(isRunning: boolean): void
  /** That task has gone over all records, or could not. */
  runEnded(result: IpnsResult): void
  read(): IpnsSnapshot
}

/** What a recorder may be given. */
export interface IpnsRecorderOptions {
  /** Default: the machine's clock. */
  readonly clock?: Clock
}

/** Makes a source that is told what happens. Pass it to `ipns({ source })`. */
export function createIpnsRecorder({ clock = systemClock }: IpnsRecorderOptions = {}): IpnsRecorder {
  return new Recorder(clock)
}

interface Tracked {
  namespace: string
  dueMs: number
  nextAttemptMs: number | undefined
  isBackingOff: boolean
}

class Recorder implements IpnsRecorder {
  readonly #clock: Clock
  readonly #records = new Map<string, Tracked>()
  readonly #totals = new NamespaceTotals()
  #runs: Record<IpnsResult, number> | undefined
  #isRunning: boolean | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  track(record: string, facts: RecordFacts = {}): void {
    const tracked = this.#of(record)
    tracked.namespace = facts.namespace ?? tracked.namespace
    tracked.dueMs = facts.dueMs ?? tracked.dueMs
    tracked.nextAttemptMs = facts.nextAttemptMs ?? tracked.nextAttemptMs
    this.#totals.of(tracked.namespace)
  }

  untrack(record: string): void {
    this.#records.delete(record)
  }

  refreshSucceeded(record: string, facts?: RecordFacts): void {
    this.#ended('refresh', record, 'success', facts)
  }

  refreshFailed(record: string, facts?: RecordFacts): void {
    this.#ended('refresh', record, 'failure', facts)
  }

  published(record: string, result: IpnsResult, facts?: RecordFacts): void {
    this.#ended('publish', record, result, facts)
  }

  republisher(isRunning: boolean): void {
    this.#isRunning = isRunning
  }

  runEnded(result: IpnsResult): void {
    this.#runs ??= { success: 0, failure: 0 }
    this.#runs[result]++
  }

  read(): IpnsSnapshot {
    return {
      records: this.#figures(),
      refreshes: this.#totals.refreshes(),
      publishes: this.#totals.publishes(),
      republisher: {
        ...(this.#isRunning !== undefined && { isRunning: this.#isRunning }),
        ...(this.#runs !== undefined && { runs: { ...this.#runs } }),
      },
    }
  }

  #ended(kind: 'refresh' | 'publish', record: string, result: IpnsResult, facts?: RecordFacts): void {
    this.track(record, facts)
    const tracked = this.#of(record)
    tracked.isBackingOff = result === 'failure'
    addResult(this.#totals.of(tracked.namespace)[kind], result, this.#clock.now())
  }

  #of(record: string): Tracked {
    const known = this.#records.get(record)
    if (known !== undefined) return known
    const fresh = {
      namespace: DEFAULT_NAMESPACE,
      dueMs: Infinity,
      nextAttemptMs: undefined,
      isBackingOff: false,
    }
    this.#records.set(record, fresh)
    return fresh
  }

  #figures(): Record<string, RecordFigures> {
    const nowMs = this.#clock.now()
    const byNamespace = new Map<string, { -readonly [K in keyof RecordFigures]: RecordFigures[K] }>()
    for (const name of this.#totals.names) byNamespace.set(name, { active: 0, backoff: 0, overdue: 0 })
    for (const { namespace, dueMs, nextAttemptMs, isBackingOff } of this.#records.values()) {
      const figures = byNamespace.get(namespace)!
      figures[isBackingOff ? 'backoff' : 'active']++
      if (nowMs > dueMs) figures.overdue++
      if (nextAttemptMs !== undefined)
        figures.nextAttemptMs = Math.min(figures.nextAttemptMs ?? Infinity, nextAttemptMs)
    }
    return Object.fromEntries(byNamespace)
  }
}
