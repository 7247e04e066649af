import { observeCall, replaceMethod, safeGet, safeGetMethod, wrapMethod, type Undo } from '@tidegauge/attach'
import type { LogOnce } from '@tidegauge/core'
import type { RefusalReason } from '../resources/refusals.js'
import type { ConnectionManagerLike, TransportConnectionLike } from './shapes.js'

/**
 * Watches for incoming connections that the connection manager refuses.
 *
 * All refusals look the same from outside, and only its log has the reason. The reason is found in its quotas: which of
 * them was full when the connection came, in the order in which the manager checks them.
 */
export function watchRefusals(
  manager: ConnectionManagerLike,
  onRefused: (reason: RefusalReason, connection: TransportConnectionLike) => void,
  logOnce: LogOnce,
): Undo {
  const { acceptIncomingConnection: accept } = manager
  if (typeof accept !== 'function') return () => {}
  const watching = (connection: TransportConnectionLike): boolean => {
    const wasPendingFull = isPendingFull(manager)
    const accepted = accept.call(manager, connection)
    if (!accepted)
      logOnce.guard('counting a refused connection', () =>
        onRefused(reasonOf(manager, connection, wasPendingFull), connection),
      )
    return accepted
  }
  return replaceMethod(manager, 'acceptIncomingConnection', watching)
}

/** Watches for incoming connections that the connection gater refuses, at any step of their upgrade. */
export function watchGater(
  upgrader: object | undefined,
  onRefused: (reason: RefusalReason, connection: TransportConnectionLike) => void,
  logOnce: LogOnce,
): Undo {
  if (upgrader === undefined || safeGetMethod(upgrader, 'upgradeInbound') === undefined) return () => {}
  return wrapMethod(upgrader, 'upgradeInbound', (call, [connection]) =>
    observeCall(call, {
      returned: () => {},
      failed: (error) => {
        if (safeGet(error, 'name') !== 'ConnectionInterceptedError') return
        logOnce.guard('counting a refused connection', () =>
          onRefused('connection_gater', connection as TransportConnectionLike),
        )
      },
    }),
  )
}

function isPendingFull(manager: ConnectionManagerLike): boolean {
  const { incomingPendingConnections: pending, maxIncomingPendingConnections: limit } = manager
  return pending !== undefined && limit !== undefined && pending >= limit
}

function reasonOf(
  manager: ConnectionManagerLike,
  connection: TransportConnectionLike,
  wasPendingFull: boolean,
): RefusalReason {
  try {
    const host = hostOf(connection)
    if (host !== undefined && manager.deny?.some((range) => range.contains(host)) === true) return 'deny_list'
    if (wasPendingFull) return 'pending_limit'
    if (host !== undefined && isTooFast(manager, host)) return 'rate_limit'
    if (manager.getConnections().length >= (manager.getMaxConnections?.() ?? Infinity))
      return 'connection_limit'
  } catch {
    // another version of libp2p: the refusal is counted, its reason is not known
  }
  return 'unknown'
}

function isTooFast({ inboundConnectionRateLimiter: limiter }: ConnectionManagerLike, host: string): boolean {
  const consumed = limiter?.get?.(host)?.consumedPoints
  return consumed !== undefined && consumed > (limiter?.points ?? Infinity)
}

/** `/ip4/127.0.0.1/tcp/…`: the host is the second part. */
function hostOf(connection: TransportConnectionLike): string | undefined {
  const [, network, host] = String(connection.remoteAddr).split('/')
  return network === 'ip4' || network === 'ip6' ? host : undefined
}
