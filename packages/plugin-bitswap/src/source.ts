import type { Snapshot, Source } from '@tidegauge/core'
import type { AdvertisementTotals } from './advertisement/counts.js'
import type { Debts } from './ledgers/debts.js'
import type { SendFailureReason, TrafficTotals } from './traffic/counts.js'
import type { WantlistState } from './wants/want-ages.js'

/**
 * One bitswap node at one moment.
 *
 * Totals count since the source was created, and never fall. A total that is left out keeps its last exported value.
 * Peers, debts, wants and the queue are present state: what is left out is not exported.
 */
export interface BitswapSnapshot extends Snapshot {
  readonly sent: TrafficTotals
  readonly received: TrafficTotals
  readonly failedSends?: Readonly<Record<SendFailureReason, number>>
  /** Messages received and answers given, as the ledgers count them, over all peers that ever connected. */
  readonly exchanges?: number
  /** Connected peers that speak bitswap. */
  readonly peers?: number
  readonly debts?: Debts
  readonly wantlist?: WantlistState
  /** Messages that wait to be sent or are being sent. */
  readonly sendQueue?: number
  readonly advertisements?: AdvertisementTotals
}

/** Where the values of the plugin come from. */
export type BitswapSource = Source<BitswapSnapshot>
