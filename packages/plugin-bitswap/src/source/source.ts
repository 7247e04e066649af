import type { Clock, Logger, LogOnce } from '@tidegauge/core'
import type { AdvertisementTotals } from '../advertisement/tally.js'
import type { Debts } from '../ledgers/debts.js'
import type { SendFailureReason, TrafficTotals } from '../traffic/totals.js'
import type { WantlistState } from '../wants/want-ages.js'

/** What a bitswap node tells of itself at one moment. Totals count since the source began, and never fall. */
export interface BitswapSnapshot {
  readonly sent: TrafficTotals
  readonly received: TrafficTotals
  readonly failedSends?: Readonly<Record<SendFailureReason, number>>
  /** Messages taken in and answers given, as the ledgers count them, over all peers that ever were. */
  readonly exchanges?: number
  /** Connected peers that speak bitswap. */
  readonly peers?: number
  readonly debts?: Debts
  readonly wantlist?: WantlistState
  /** Messages that wait to be sent or are being sent. */
  readonly sendQueue?: number
  readonly advertisements?: AdvertisementTotals
  /**
   * What could not be told, in words. The rest is exported, and the pass counts as failed with these words. Peers,
   * debts, wants and queues that are left out are not exported until they are told again; totals stay as they were.
   */
  readonly faults?: readonly string[]
}

/** What a source works with. */
export interface BitswapSourceContext {
  readonly clock: Clock
  readonly logger: Logger
  /** Things to tell the operator, each once. */
  readonly logOnce: LogOnce
}

/** Where the figures come from. The plugin calls one method at a time, but may read again when a read hangs. */
export interface BitswapSource {
  /** Attaches. May be called again, after a stop or after it failed. */
  start?(context: BitswapSourceContext): void | Promise<void>
  /** Called at each collect pass. What it throws marks the plugin down until it answers again. */
  read(): BitswapSnapshot | Promise<BitswapSnapshot>
  /** Detaches. May be called more than once, and without a start. */
  stop?(): void | Promise<void>
}
