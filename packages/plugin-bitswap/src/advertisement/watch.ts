import { isObject, safeGet, safeGetMethod, type UndoList } from '@tidegauge/attach'
import { type Clock, type Logger, type LogOnce } from '@tidegauge/core'
import { watchRouter, watchRouters } from './delegated/watch-routers.js'
import { findContentRouters } from './dht/find.js'
import { watchDht } from './dht/watch-dht.js'
import { attachOnce, type Feed } from './feed.js'
import type { AdvertisementTally } from './tally.js'

/** What is watched of a Helia node. Whatever is missing is not watched. */
export interface AdvertisingNode {
  /** May throw until the node has started. */
  readonly libp2p?: unknown
  readonly routing?: unknown
  /** Told of `start`, after which there is a libp2p. */
  readonly events?: unknown
}

/** What {@link watchAdvertisements} works with. */
export interface AdvertisementParts {
  /** Its wall clock dates attempts and successes. */
  readonly clock: Clock
  readonly logOnce: LogOnce
  /** Hears of provides that stay open for long, and of their end. */
  readonly logger: Logger
}

/**
 * Counts the provider advertisements of a node into `tally`, until `undo` is run.
 *
 * - `dht`: each provide over each kad-dht, a user's or a reprovider's. A node with two DHTs (LAN and WAN) advertises
 *   twice for one call, and is counted so: once for each network. A success needs a peer that took the record.
 * - `delegated`: each call of a router that is no DHT, does not hold the node's libp2p, and whose `provide` does
 *   something.
 * - `skipped`: own records that a reprovide round left alone because they were not due yet.
 *
 * May be called again at any time: what feeds the tally already is left as it is, what is new is added. A node that
 * has not started is looked at again when it has. Never throws; what can't be watched is told once by `logOnce`.
 */
export function watchAdvertisements(
  node: AdvertisingNode,
  tally: AdvertisementTally,
  { clock, logOnce, logger }: AdvertisementParts,
  undo: UndoList,
): void {
  const feed: Feed = { tally, clock, logOnce, logger, undo }
  const look = (): void => logOnce.guard('watching advertisements', () => lookAt(node, feed))
  look()
  lookAgainOnStart(node, look, feed)
}

function lookAt(node: AdvertisingNode, feed: Feed): void {
  const routing = safeGet(node, 'routing')
  if (isObject(routing)) watchRouters(routing, () => safeGet(node, 'libp2p'), feed)
  const libp2p = safeGet(node, 'libp2p')
  if (!isObject(libp2p)) return
  const { dhts, others } = findContentRouters(libp2p)
  for (const dht of dhts) watchDht(dht, feed)
  for (const router of others) watchRouter(router, feed)
}

function lookAgainOnStart(node: AdvertisingNode, look: () => void, feed: Feed): void {
  const events = safeGet(node, 'events')
  const add = safeGetMethod(events, 'addEventListener')
  const remove = safeGetMethod(events, 'removeEventListener')
  if (!isObject(events) || add === undefined || remove === undefined) return
  attachOnce(feed, 'the events of Helia', events, () => {
    Reflect.apply(add, events, ['start', look])
    return () => Reflect.apply(remove, events, ['start', look])
  })
}
