import { safeGet, safeGetMethod } from '@tidegauge/attach'
import type { Attempt } from '../refreshes/attempt.js'
import type { ResultCounts } from '../refreshes/result-counts.js'
import type { PendingPuts } from '../routing/pending-puts.js'
import type { MethodObservers } from './observe-methods.js'
import type { FoundRouter } from './routers.js'

/** What {@link observePuts} needs. */
export interface ObservePutsDeps {
  readonly observers: MethodObservers
  readonly routers: ResultCounts
  readonly pendingPuts: PendingPuts
  /** Returns the attempt that a call of `put` belongs to, by its arguments. */
  readonly findAttempt: (args: readonly unknown[]) => Attempt | undefined
}

/**
 * Observes the records that a router is handed. A kad-dht resolves even when no peer has taken the record, so that for
 * one only the answer of a peer is a success.
 */
export function observePuts({ router, name, succeeds }: FoundRouter, deps: ObservePutsDeps): void {
  const { observers, routers, pendingPuts, findAttempt } = deps
  const isForwarded = succeeds === 'never'
  if (safeGetMethod(router, 'put') === undefined) return
  if (!isForwarded) routers.of(name)
  observers.observe(router, 'put', (args) => {
    const attempt = findAttempt(args)
    if (attempt === undefined) return undefined
    attempt.routerStarted()
    const answered = pendingPuts.start(name, isForwarded)
    let hasSucceeded = false
    const succeed = (): void => {
      hasSucceeded = true
      attempt.succeed()
    }
    return {
      yielded(event) {
        if (succeeds === 'acknowledged' && isAcknowledgement(event, args[1])) succeed()
      },
      ended(ok) {
        answered()
        if (succeeds === 'resolved' && ok) succeed()
        if (!isForwarded) routers.of(name)[hasSucceeded ? 'success' : 'failure']++
        attempt.routerEnded()
      },
    }
  })
}

/**
 * Whether an event of kad-dht is the answer of a peer that has stored the record: the answer carries it.
 * Source: `@libp2p/kad-dht`, `ContentFetching.put` (src/content-fetching/index.ts).
 */
function isAcknowledgement(event: unknown, sent: unknown): boolean {
  if (safeGet(event, 'name') !== 'PEER_RESPONSE' || safeGet(event, 'messageName') !== 'PUT_VALUE')
    return false
  // a peer that has a better record may answer with that
  const stored = safeGet(safeGet(event, 'record'), 'value')
  return stored instanceof Uint8Array && sent instanceof Uint8Array && Buffer.compare(stored, sent) === 0
}
