import { replaceMethod, type Undo } from '@tidegauge/attach'
import { type LogOnce } from '@tidegauge/core'
import type { refusalReasons } from '../metrics.js'
import type { ConnectionManagerLike, TransportConnectionLike } from '../node/shapes.js'

/** Why an incoming connection was turned away. */
export type RefusalReason = (typeof refusalReasons)[number]

/** Hears of one refusal. */
export type OnRefused = (reason: RefusalReason, connection: TransportConnectionLike) => void

/**
 * Hears of incoming connections that the connection manager refuses.
 *
 * All refusals look alike from outside, and only its log says why. So the question is put to the quotas: which
 * of them was full when it was asked, in the order in which it looks at them.
 */
export function watchRefusals(manager: ConnectionManagerLike, onRefused: OnRefused, logOnce: LogOnce): Undo {
  const { acceptIncomingConnection: accept } = manager
  if (typeof accept !== 'function') {
    logOnce.warn(
      'refusals',
      'this libp2p does not tell which connections it refuses: refusals are not counted',
    )
    return () => {}
  }
  const watching = (connection: TransportConnectionLike): boolean => {
    const pendingFull = isPendingFull(manager)
    const accepted = accept.call(manager, connection)
    if (!accepted)
      logOnce.guard('counting a refusal', () =>
        onRefused(reasonOf(manager, connection, pendingFull), connection),
      )
    return accepted
  }
  return replaceMethod(manager, 'acceptIncomingConnection', watching)
}

function isPendingFull(manager: ConnectionManagerLike): boolean {
  const { incomingPendingConnections: pending, maxIncomingPendingConnections: limit } = manager
  return pending !== undefined && limit !== undefined && pending >= limit
}

function reasonOf(
  manager: ConnectionManagerLike,
  connection: TransportConnectionLike,
  pendingFull: boolean,
): RefusalReason {
  try {
    const host = hostOf(connection)
    if (host !== undefined && manager.deny?.some((range) => range.contains(host)) === true) return 'deny_list'
    if (pendingFull) return 'pending_limit'
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

/** `/ip4/127.0.0.1/tcp/…`: the host comes second. */
function hostOf(connection: TransportConnectionLike): string | undefined {
  const [, network, host] = String(connection.remoteAddr).split('/')
  return network === 'ip4' || network === 'ip6' ? host : undefined
}
