import { safeGet } from '@tidegauge/attach'
import { type Clock } from '@tidegauge/core'
import type { IpnsResult, ResultTotals } from '../source.js'
import { TOO_LONG_MS } from './open-puts.js'
import type { CallWatcher } from './tap.js'

interface Run {
  /** Milliseconds since the Unix epoch. */
  readonly startedMs: number
  readonly startedMonotonicMs: number
  readonly signal: unknown
  hasListed: boolean
  /** When a record was last listed. Like what follows, monotonic. */
  progressMs: number
  listingEndedMs: number | undefined
}

/**
 * The runs of the republisher. It has no events, but lists all records once at the start of each run, and then hands
 * those that are due to the routers, some at a time.
 * Source: `IPNSRepublisher.#republish` of `@helia/ipns` (src/ipns/republisher.ts).
 */
export class RepublisherWatch {
  readonly #clock: Clock
  readonly #intervalMs: number
  readonly #totals: Record<IpnsResult, number>
  readonly #attachedMonotonicMs: number
  #run: Run | undefined
  #endedRunMs: number | undefined
  #refreshing = 0
  #refreshedMs = -Infinity

  /** Counts into `totals`, which outlive the watch. */
  constructor(clock: Clock, intervalMs: number, totals: Record<IpnsResult, number>) {
    this.#clock = clock
    this.#intervalMs = intervalMs
    this.#totals = totals
    this.#attachedMonotonicMs = clock.monotonic()
  }

  get totals(): ResultTotals {
    return { ...this.#totals }
  }

  /** When the latest run began that has ended and had listed all records. */
  get endedRunMs(): number | undefined {
    return this.#endedRunMs
  }

  /**
   * When the next run is planned, in milliseconds since the Unix epoch. A last run that nobody saw is taken to have
   * been when the watch began.
   */
  get nextRunMs(): number {
    return this.#clock.now() + this.#lastRunMs + this.#intervalMs - this.#clock.monotonic()
  }

  /** What to tell of a run that makes no progress. A router that hangs is told by itself. */
  get fault(): string | undefined {
    const run = this.#run
    if (run === undefined || run.listingEndedMs !== undefined || wasStopped(run)) return undefined
    const isLate = this.#clock.monotonic() - run.progressMs > TOO_LONG_MS
    return isLate
      ? `a run of the republisher has come to no further record for more than ${TOO_LONG_MS / 60_000} minutes; no other begins before it ends`
      : undefined
  }

  /** The republisher lists the records. */
  listed(args: readonly unknown[]): CallWatcher {
    const before = this.#run
    // runs don't overlap: one that begins tells that the one before is over; one that was stopped has done nothing
    this.#endedRunMs = before?.hasListed && !wasStopped(before) ? before.startedMs : undefined
    const nowMs = this.#clock.monotonic()
    const run: Run = {
      startedMs: this.#clock.now(),
      startedMonotonicMs: nowMs,
      signal: safeGet(args[0], 'signal'),
      hasListed: false,
      progressMs: nowMs,
      listingEndedMs: undefined,
    }
    this.#run = run
    return {
      yielded: () => {
        run.progressMs = this.#clock.monotonic()
      },
      ended: (ok) => {
        run.hasListed = ok
        run.listingEndedMs = this.#clock.monotonic()
        if (ok) this.#totals.success++
        // it was stopped in the middle
        else if (!wasStopped(run)) this.#totals.failure++
      },
    }
  }

  /** A record is on its way to the routers. The returned function tells that every one of them has answered. */
  refreshing(): () => void {
    this.#refreshing++
    return () => {
      this.#refreshing--
      this.#refreshedMs = this.#clock.monotonic()
    }
  }

  /** The end of the last run, which the next one is counted from; its start while it is under way. */
  get #lastRunMs(): number {
    if (this.#run === undefined) return this.#attachedMonotonicMs
    const { listingEndedMs, startedMonotonicMs } = this.#run
    if (listingEndedMs === undefined || this.#refreshing > 0) return startedMonotonicMs
    return Math.max(listingEndedMs, this.#refreshedMs)
  }
}

function wasStopped({ signal }: Run): boolean {
  return safeGet(signal, 'aborted') === true
}
