import type { LogOnce } from '@tidegauge/core'
import type { NodeView } from '../node/node-view.js'
import { directions, type Direction } from '../node/shapes.js'
import type { ByDirection, Usage } from './usage.js'

/** One row of a pool: how much of it is used, or how much it lets in. */
export interface PoolRow<D> {
  readonly pool: string
  readonly direction: D
  readonly value: number
}

/** The quotas that a node's connections and streams share, and how far they are used. */
export interface Pools {
  readonly connections: PoolRow<Direction>[]
  readonly streams: PoolRow<Direction>[]
  /** `any`: one quota for both directions together. */
  readonly limits: PoolRow<Direction | 'any'>[]
}

/** libp2p's own defaults, for protocols that no handler was registered for. */
const DEFAULT_STREAM_LIMITS: Readonly<ByDirection> = { inbound: 32, outbound: 64 }

/** The relay server of circuit-relay-v2, as far as it is used here. */
interface RelayLike {
  readonly reservations?: { readonly size?: number }
  readonly reservationStore?: { readonly maxReservations?: number }
}

const RELAY_SERVER = '@libp2p/circuit-relay-v2-server'

/**
 * Reads the quotas of libp2p, which has no resource manager: the connection manager's, the registrar's stream
 * limits (by protocol, for each connection), and the relay's reservations.
 */
export function readPools(view: NodeView, usage: Usage, logOnce: LogOnce): Pools {
  const pools: Pools = { connections: [], streams: [], limits: [] }
  readConnectionPools(view, usage, pools, logOnce)
  readRelayPool(view, pools)
  for (const protocol of new Set([...view.protocols(), ...usage.fullest.keys()]))
    readStreamPool(view, usage, protocol, pools)
  return pools
}

function readConnectionPools(view: NodeView, usage: Usage, pools: Pools, logOnce: LogOnce): void {
  const manager = view.connectionManager
  const { connections, limits } = pools
  for (const direction of directions)
    connections.push({ pool: 'connections', direction, value: usage.connections[direction] })
  const dials = view.dials()
  push(connections, 'dial_queue', 'outbound', dials)
  push(limits, 'connections', 'any', manager?.getMaxConnections?.())
  push(limits, 'inbound_pending', 'inbound', manager?.maxIncomingPendingConnections)
  push(limits, 'dial_queue', 'outbound', manager?.dialQueue?.maxDialQueueLength)
  const pending = push(connections, 'inbound_pending', 'inbound', manager?.incomingPendingConnections)
  const dialing = push(connections, 'outbound_pending', 'outbound', manager?.outboundPendingConnections)
  if (!pending || !dialing)
    logOnce.warn('pending', 'this libp2p does not tell its pending connections: those pools are missing')
}

function readRelayPool(view: NodeView, pools: Pools): void {
  const relay: RelayLike | undefined = view.componentTagged(RELAY_SERVER)
  push(pools.connections, 'relay_reservations', 'inbound', relay?.reservations?.size)
  push(pools.limits, 'relay_reservations', 'inbound', relay?.reservationStore?.maxReservations)
}

function readStreamPool(view: NodeView, usage: Usage, protocol: string, pools: Pools): void {
  const limit = streamLimits(view, protocol)
  for (const direction of directions) {
    push(pools.streams, protocol, direction, usage.fullest.get(protocol)?.[direction] ?? 0)
    push(pools.limits, protocol, direction, limit?.[direction])
  }
}

/** libp2p throws for a protocol without a handler; it then holds it against its defaults. */
function streamLimits(view: NodeView, protocol: string): ByDirection | undefined {
  const { registrar } = view
  if (registrar === undefined) return undefined
  try {
    const { options } = registrar.getHandler(protocol)
    return {
      inbound: options.maxInboundStreams ?? DEFAULT_STREAM_LIMITS.inbound,
      outbound: options.maxOutboundStreams ?? DEFAULT_STREAM_LIMITS.outbound,
    }
  } catch {
    return DEFAULT_STREAM_LIMITS
  }
}

function push<D>(rows: PoolRow<D>[], pool: string, direction: NoInfer<D>, value: unknown): boolean {
  if (typeof value !== 'number') return false
  // a host that wants no limit says Infinity: then there is none to show
  if (Number.isFinite(value)) rows.push({ pool, direction, value })
  return true
}
