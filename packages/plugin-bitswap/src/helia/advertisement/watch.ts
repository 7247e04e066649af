import { findContentRouters, isObject, safeGet } from '@tidegauge/attach'
import { heliaInternals } from '../internals.js'
import type { AdvertisementDeps } from './attached-objects.js'
import { watchDht } from './watch-dht.js'
import { watchRouter, watchRouters } from './watch-routers.js'

/** The parts of a Helia node that advertise. What is missing is not watched. */
export interface AdvertisingNode {
  /** May throw until the node has started. */
  readonly libp2p?: unknown
  readonly routing?: unknown
}

/**
 * Counts the provider advertisements of a node, until `deps.attached` is detached.
 *
 * - `dht`: each provide over each kad-dht, by a user or by a reprovider. A node with two DHTs (LAN and WAN) advertises
 *   twice for one call, and both count. A success needs a peer that accepted the record.
 * - `delegated`: each call of a router that is not a DHT, does not lead to libp2p, and whose `provide` does something.
 *
 * Called again, it adds what is new and leaves the rest as it is. Never throws; what cannot be watched is logged once,
 * and what the node lacks goes to `deps.shape`.
 */
export function watchAdvertisements(node: AdvertisingNode, deps: AdvertisementDeps): void {
  deps.logOnce.guard('watching advertisements', () => {
    deps.shape.has(node, heliaInternals)
    const routing = safeGet(node, 'routing')
    if (isObject(routing)) watchRouters(routing, () => safeGet(node, 'libp2p'), deps)
    const { dhts, others } = findContentRouters(safeGet(node, 'libp2p'))
    for (const [dht, name] of dhts) watchDht(dht, `DHT "${name}"`, deps)
    for (const [router, name] of others) watchRouter(router, name, deps)
  })
}
