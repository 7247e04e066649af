import { safeGet, safeGetMethod } from '@tidegauge/attach'
import type { Attempt } from '../refreshes/attempt.js'
import type { ResultCounts } from '../refreshes/result-counts.js'
import type { PendingPuts } from '../routing/pending-puts.js'
import type { IpnsResult } from '../source.js'
import type { CallObserver, MethodObservers } from './observe-methods.js'
import type { FoundRouter } from './routers.js'
import type { ShapeCheck } from './shape-check.js'

/** What {@link observePuts} needs. */
export interface ObservePutsDeps {
  readonly observers: MethodObservers
  readonly routers: ResultCounts
  readonly pendingPuts: PendingPuts
  /** Learns that the results of a router cannot be seen. */
  readonly shape: Pick<ShapeCheck, 'add'>
  /** Returns the attempt that a call of `put` belongs to, by its arguments. */
  readonly findAttempt: (args: readonly unknown[]) => Attempt | undefined
}

/**
 * Observes the records that a router is handed. A kad-dht resolves even when no peer has taken the record, so that for
 * one only the answer of a peer is a success.
 */
export function observePuts(found: FoundRouter, deps: ObservePutsDeps): void {
  const { router, name, succeeds } = found
  if (safeGetMethod(router, 'put') === undefined) return
  if (succeeds !== 'never') deps.routers.of(name)
  deps.observers.observe(router, 'put', (args) => {
    const attempt = deps.findAttempt(args)
    return attempt === undefined ? undefined : observePut(found, { ...deps, attempt, record: args[1] })
  })
}

function observePut(
  { name, succeeds }: FoundRouter,
  deps: ObservePutsDeps & { readonly attempt: Attempt; readonly record: unknown },
): CallObserver {
  const { routers, pendingPuts, shape, attempt, record } = deps
  attempt.routerStarted()
  const answered = pendingPuts.start(name, succeeds === 'never')
  let result: IpnsResult | 'unknown' = 'failure'
  const succeed = (): void => {
    result = 'success'
    attempt.succeed()
  }
  const abandon = (what: string): void => {
    shape.add(`${what} from put of the DHT "${name}" (results)`)
    result = 'unknown'
    attempt.abandon()
  }
  return {
    returnedNoGenerator() {
      if (succeeds === 'acknowledged') abandon('events')
    },
    yielded(event) {
      if (succeeds !== 'acknowledged') return
      if (isAcknowledgement(event, record)) succeed()
      else if (!isKnown(event)) abandon('known events')
    },
    ended(ok) {
      answered()
      if (succeeds === 'resolved' && ok) succeed()
      if (succeeds !== 'never' && result !== 'unknown') routers.of(name)[result]++
      attempt.routerEnded()
    },
  }
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

/** Whether an event has what {@link isAcknowledgement} decides by. */
function isKnown(event: unknown): boolean {
  const name = safeGet(event, 'name')
  if (typeof name !== 'string') return false
  return name !== 'PEER_RESPONSE' || typeof safeGet(event, 'messageName') === 'string'
}
