import type { Direction } from '../direction.js'
import { addValue, connectionPool, streamPools, type Pools, type PoolValue } from '../resources/pools.js'
import type { Usage } from '../resources/usage.js'
import type { NodeView } from './node-view.js'
import type { RegistrarLike, RelayServerLike } from './shapes.js'

const RELAY_SERVER = '@libp2p/circuit-relay-v2-server'

/**
 * Reads the quotas of libp2p, which has no resource manager: the connection manager's, the registrar's stream limits
 * (by protocol, for each connection), and the relay's reservations.
 */
export function readPools(view: NodeView, usage: Usage): Pools {
  const connections = connectionPool(usage)
  const streams = streamPools(view.protocols(), usage)
  const limits: PoolValue<Direction | 'any'>[] = []
  const { connectionManager: manager, registrar } = view
  addValue(connections, 'dial_queue', 'outbound', view.dials())
  addValue(connections, 'inbound_pending', 'inbound', manager?.incomingPendingConnections)
  addValue(connections, 'outbound_pending', 'outbound', manager?.outboundPendingConnections)
  addValue(limits, 'connections', 'any', manager?.getMaxConnections?.())
  addValue(limits, 'inbound_pending', 'inbound', manager?.maxIncomingPendingConnections)
  addValue(limits, 'dial_queue', 'outbound', manager?.dialQueue?.maxDialQueueLength)
  const relay: RelayServerLike | undefined = view.componentTagged(RELAY_SERVER)
  addValue(connections, 'relay_reservations', 'inbound', relay?.reservations?.size)
  addValue(limits, 'relay_reservations', 'inbound', relay?.reservationStore?.maxReservations)
  for (const pool of registrar === undefined ? [] : new Set(streams.map((stream) => stream.pool))) {
    // libp2p's own defaults
    const { maxInboundStreams = 32, maxOutboundStreams = 64 } = streamOptions(pool, registrar!)
    addValue(limits, pool, 'inbound', maxInboundStreams)
    addValue(limits, pool, 'outbound', maxOutboundStreams)
  }
  return { connections, streams, limits }
}

/** libp2p throws for a protocol without a handler. */
function streamOptions(protocol: string, registrar: RegistrarLike) {
  try {
    return registrar.getHandler(protocol).options
  } catch {
    return {}
  }
}
