import { safeGetMethod } from '@tidegauge/attach'
import type { PeerIdLike } from './shapes.js'

/** Whether there is a connection to a peer now. */
export type IsConnected = (peer: PeerIdLike) => boolean

/** How a libp2p node tells whom it is connected to. */
export interface ConnectedNode {
  /** libp2p keeps its connections by peer: one look into a map. */
  readonly getConnections?: (peer: PeerIdLike) => { readonly length: number }
}

/**
 * Asks a node for its connections. Bitswap itself cannot be asked: it can note a peer after that has gone, and keeps
 * the ledgers of peers that were here when the node was stopped. Undefined when the node does not tell.
 */
export function connectionsOf(node: ConnectedNode | undefined): IsConnected | undefined {
  if (safeGetMethod(node, 'getConnections') === undefined) return undefined
  return (peer) => node!.getConnections!(peer).length > 0
}

/** Counts the peers that are connected. */
export function countConnected(peers: Iterable<PeerIdLike>, isConnected: IsConnected): number {
  let count = 0
  for (const peer of peers) if (isConnected(peer)) count++
  return count
}

/** Those of the ledgers, or of whatever is kept of peers, whose peer is connected. */
export function* ofConnected<T extends { readonly peerId: PeerIdLike }>(
  kept: Iterable<T>,
  isConnected: IsConnected,
): Generator<T> {
  for (const one of kept) if (isConnected(one.peerId)) yield one
}
