import type { Clock } from '@tidegauge/core'
import { MAX_ANSWER_MS } from '../routing/pending-puts.js'
import type { IpnsResult, ResultTotals } from '../source.js'

/** Learns what a run does. */
export interface RunObserver {
  /** It has listed one more record. */
  recordListed(): void
  /** It has listed all records, or could not. */
  listingEnded(ok: boolean): void
}

interface Run {
  /** Milliseconds since the Unix epoch. */
  readonly startedMs: number
  /** The same in monotonic milliseconds, like the times that follow. */
  readonly startedMonotonicMs: number
  /** Aborted when the republisher is stopped. */
  readonly signal: AbortSignal | undefined
  hasListed: boolean
  lastListedMs: number
  listingEndedMs: number | undefined
}

/**
 * The runs of a republisher that lists all records once at the start of each run, and then hands those that are due to
 * the routers. Runs do not overlap; the next one starts an interval after the end of the last.
 */
export class RepublisherRuns {
  readonly #clock: Clock
  readonly #intervalMs: number
  readonly #totals: Record<IpnsResult, number>
  readonly #createdMs: number
  #run: Run | undefined
  #completedRunMs: number | undefined
  #refreshing = 0
  #lastRefreshMs = -Infinity

  /** Counts into `totals`, which the caller keeps. */
  constructor(clock: Clock, intervalMs: number, totals: Record<IpnsResult, number>) {
    this.#clock = clock
    this.#intervalMs = intervalMs
    this.#totals = totals
    this.#createdMs = clock.monotonic()
  }

  get totals(): ResultTotals {
    return { ...this.#totals }
  }

  /** When the latest run started that has ended and had listed all records, in milliseconds since the Unix epoch. */
  get completedRunMs(): number | undefined {
    return this.#completedRunMs
  }

  /**
   * When the next run is planned, in milliseconds since the Unix epoch. Until a run has been observed, it is counted
   * from the creation of this object.
   */
  get nextRunMs(): number {
    return this.#clock.now() + this.#lastRunMs + this.#intervalMs - this.#clock.monotonic()
  }

  /** What is wrong with a listing that makes no progress. Routers that hang are reported by themselves. */
  get problem(): string | undefined {
    const run = this.#run
    if (run === undefined || run.listingEndedMs !== undefined || run.signal?.aborted) return undefined
    if (this.#clock.monotonic() - run.lastListedMs <= MAX_ANSWER_MS) return undefined
    return `a run of the republisher has listed no further record for more than ${MAX_ANSWER_MS / 60_000} minutes; no other run starts before it ends`
  }

  /** A run starts to list the records: the one before has ended. A run that was stopped is not complete. */
  runStarted(signal: AbortSignal | undefined): RunObserver {
    const before = this.#run
    this.#completedRunMs = before?.hasListed && !before.signal?.aborted ? before.startedMs : undefined
    const nowMs = this.#clock.monotonic()
    const run: Run = {
      startedMs: this.#clock.now(),
      startedMonotonicMs: nowMs,
      signal,
      hasListed: false,
      lastListedMs: nowMs,
      listingEndedMs: undefined,
    }
    this.#run = run
    return {
      recordListed: () => void (run.lastListedMs = this.#clock.monotonic()),
      listingEnded: (ok) => {
        run.hasListed = ok
        run.listingEndedMs = this.#clock.monotonic()
        if (ok) this.#totals.success++
        else if (!run.signal?.aborted) this.#totals.failure++
      },
    }
  }

  /** A record is on its way to the routers. Call the returned function when every router has answered. */
  refreshStarted(): () => void {
    this.#refreshing++
    return () => {
      this.#refreshing--
      this.#lastRefreshMs = this.#clock.monotonic()
    }
  }

  /** The end of the last run, which the next one is counted from; its start while it is under way. */
  get #lastRunMs(): number {
    if (this.#run === undefined) return this.#createdMs
    const { listingEndedMs, startedMonotonicMs } = this.#run
    if (listingEndedMs === undefined || this.#refreshing > 0) return startedMonotonicMs
    return Math.max(listingEndedMs, this.#lastRefreshMs)
  }
}
