import type { Clock } from '@tidegauge/core'
import type { IpnsResult, ResultTotals } from '../source.js'
import { fieldOf } from './shapes.js'
import type { CallWatcher } from './tap.js'

interface Run {
  /** Milliseconds since the Unix epoch. */
  readonly startedMs: number
  readonly startedMonotonicMs: number
  readonly signal: unknown
  hasListed: boolean
}

/**
 * The runs of the republisher. It has no events, but lists all records once at the start of each run.
 * Source: `IPNSRepublisher.#republish` of `@helia/ipns` (src/ipns/republisher.ts).
 */
export class RepublisherWatch {
  readonly #clock: Clock
  readonly #intervalMs: number
  readonly #totals: Record<IpnsResult, number>
  readonly #attachedMonotonicMs: number
  #run: Run | undefined
  #endedRunMs: number | undefined

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
   * When the next run is planned, in milliseconds since the Unix epoch, counted from the start of the last one. A last
   * run that nobody saw is taken to have been when the watch began.
   */
  get nextRunMs(): number {
    const lastMs = this.#run?.startedMonotonicMs ?? this.#attachedMonotonicMs
    return this.#clock.now() + lastMs + this.#intervalMs - this.#clock.monotonic()
  }

  /** The republisher lists the records. */
  listed(args: readonly unknown[]): CallWatcher {
    const before = this.#run
    // runs don't overlap: one that begins tells that the one before is over; one that was stopped has done nothing
    const isOver = before?.hasListed && fieldOf(before.signal, 'aborted') !== true
    this.#endedRunMs = isOver ? before.startedMs : undefined
    const run: Run = {
      startedMs: this.#clock.now(),
      startedMonotonicMs: this.#clock.monotonic(),
      signal: fieldOf(args[0], 'signal'),
      hasListed: false,
    }
    this.#run = run
    return {
      ended: (ok) => {
        run.hasListed = ok
        if (ok) this.#totals.success++
        // it was stopped in the middle
        else if (fieldOf(run.signal, 'aborted') !== true) this.#totals.failure++
      },
    }
  }
}
