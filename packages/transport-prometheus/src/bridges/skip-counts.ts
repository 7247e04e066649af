import { LogOnce, type Logger } from '@tidegauge/core'
import { skipReasons, type SkipReason } from './bridge-instruments.js'

/** Counts the metrics that a pass leaves out, by reason, and logs each metric once. */
export class SkipCounts {
  readonly byReason = new Map<SkipReason, number>()
  readonly #logOnce = new LogOnce()

  constructor(logger: Logger) {
    this.#logOnce.useLogger(logger)
  }

  /** Starts a pass: all counts are zero. */
  reset(): void {
    for (const reason of skipReasons) this.byReason.set(reason, 0)
  }

  /** Counts one metric. `why` is logged. */
  add(name: string, reason: SkipReason, why: string): void {
    this.byReason.set(reason, (this.byReason.get(reason) ?? 0) + 1)
    this.#logOnce.warn(name, `metric ${JSON.stringify(name)} is left out: ${why}`)
  }
}
