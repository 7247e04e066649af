import { AttemptTotals, ResultCounts } from '../refreshes/result-counts.js'
import type { IpnsSnapshot } from '../source.js'

/** The totals of all nodes that a source has measured. */
export class NodeCounts {
  readonly attempts = new AttemptTotals()
  readonly routers = new ResultCounts()
  /** Runs of the republisher. */
  readonly runs = { success: 0, failure: 0 }
  /** Whether a node was measured: before, there is nothing to export, not even zeros. */
  isStarted = false

  /** Copies for a snapshot. */
  read(): IpnsSnapshot {
    if (!this.isStarted) return {}
    return {
      ...this.attempts.read(),
      routers: this.routers.read(),
      republisher: { runs: { ...this.runs } },
    }
  }
}
