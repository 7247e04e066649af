import { isFunction, isObject, safeGet } from '@tidegauge/attach'
import type { FindAttempt, RouterParts } from './routers.js'

/** Whether a service of libp2p is a kad-dht: by its tag, or by its shape where the tag has changed. */
export function isKadDht(service: unknown): service is object {
  if (!isObject(service)) return false
  if (safeGet(service, Symbol.toStringTag) === '@libp2p/kad-dht') return true
  return (
    isFunction(safeGet(safeGet(service, 'contentRouting'), 'provide')) &&
    isObject(safeGet(service, 'routingTable'))
  )
}

/**
 * Follows what a DHT puts. It resolves also when no peer has taken the record, so that only a peer's answer counts:
 * `PEER_RESPONSE` to `PUT_VALUE` with the record that was sent.
 * Source: `@libp2p/kad-dht`, `ContentFetching.put` (src/content-fetching/index.ts).
 */
export function followDht(
  dht: object,
  label: string,
  find: FindAttempt,
  { taps, totals, openPuts }: RouterParts,
): void {
  totals.know(label)
  taps.follow(dht, 'put', (args) => {
    const attempt = find(args)
    if (attempt === undefined) return undefined
    attempt.begin()
    const answered = openPuts.begin(label, 'taker')
    let isTaken = false
    return {
      yielded(event) {
        if (isTaken || !isAcknowledgement(event, args[1])) return
        isTaken = true
        attempt.succeed()
      },
      ended() {
        answered()
        totals.count(label, isTaken)
        attempt.end()
      },
    }
  })
}

function isAcknowledgement(event: unknown, sent: unknown): boolean {
  if (safeGet(event, 'name') !== 'PEER_RESPONSE' || safeGet(event, 'messageName') !== 'PUT_VALUE')
    return false
  // a peer may answer with a record that it likes better
  const stored = safeGet(safeGet(event, 'record'), 'value')
  return stored instanceof Uint8Array && sent instanceof Uint8Array && Buffer.compare(stored, sent) === 0
}
