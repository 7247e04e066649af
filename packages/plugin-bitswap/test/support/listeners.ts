import { bitswapOf, type TestNode } from './nodes.js'

/** How many listeners the node has of each event that is listened to. */
export function listeners(node: TestNode): number[] {
  const { network } = bitswapOf(node)
  return [
    network.listenerCount('bitswap:message'),
    node.events.listenerCount('start'),
    node.events.listenerCount('stop'),
  ]
}
