import { safeGetMethod } from '@tidegauge/attach'
import type { Libp2pLike, PeerIdLike } from './shapes.js'

/** Whether a peer is connected now. */
export type IsConnected = (peer: PeerIdLike) => boolean

/**
 * Asks libp2p for the connections of a peer, which is one lookup in a map. Bitswap does not know: it can add a peer
 * that has gone, and keeps the ledgers of peers that were connected when the node stopped. Undefined when libp2p has
 * no such method.
 */
export function connectionsOf(libp2p: Libp2pLike | undefined): IsConnected | undefined {
  if (safeGetMethod(libp2p, 'getConnections') === undefined) return undefined
  return (peer) => libp2p!.getConnections!(peer).length > 0
}

/** Counts the peers that are connected. */
export function countConnected(peers: Iterable<PeerIdLike>, isConnected: IsConnected): number {
  let count = 0
  for (const peer of peers) if (isConnected(peer)) count++
  return count
}

/** The ledgers whose peer is connected. */
export function* ofConnected<T extends { readonly peerId: PeerIdLike }>(
  ledgers: Iterable<T>,
  isConnected: IsConnected,
): Generator<T> {
  for (const ledger of ledgers) if (isConnected(ledger.peerId)) yield ledger
}
