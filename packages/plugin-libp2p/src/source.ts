import type { Snapshot, Source } from '@tidegauge/core'
import type { BandwidthTotals, ConnectionTotals } from './bandwidth/traffic-counts.js'
import type { ModuleValues } from './modules/module-metric.js'
import type { DialTotals } from './resources/dials.js'
import type { Pools } from './resources/pools.js'
import type { RefusalTotals } from './resources/refusals.js'
import type { OpenCounts } from './resources/usage.js'
import type { WebtransportSnapshot } from './webtransport/snapshot.js'

/**
 * One libp2p node at one moment.
 *
 * Totals count since the source was created, and never fall. A total that is left out keeps its last exported value.
 * Open connections and streams, pools and sessions are present state: what is left out is not exported, unless the
 * snapshot has problems; then it keeps its last values too.
 */
export interface Libp2pSnapshot extends Snapshot {
  /** Bytes in total and by protocol, and streams opened and closed by protocol. */
  readonly bandwidth?: BandwidthTotals
  /** Connections opened and closed. */
  readonly connections?: ConnectionTotals
  /** Connections and streams that are open now. */
  readonly open?: OpenCounts
  readonly pools?: Pools
  /** Refused connections by reason, since the source was created. */
  readonly refusals?: Readonly<RefusalTotals>
  /** Requests for a connection by outcome, since the source was created. */
  readonly dials?: Readonly<DialTotals>
  /** Sessions and certificates of a WebTransport-like listener. */
  readonly webtransport?: WebtransportSnapshot
  /** What the modules of the node registered. */
  readonly modules?: Iterable<ModuleValues>
}

/** Where the values of the plugin come from. */
export type Libp2pSource = Source<Libp2pSnapshot>
