import type { FindAttempt, RouterParts } from './routers.js'
import { fieldOf } from './shapes.js'

/** Whether a service of libp2p is a kad-dht. */
export function isKadDht(service: unknown): service is object {
  return fieldOf(service, Symbol.toStringTag) === '@libp2p/kad-dht'
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
  { taps, totals }: RouterParts,
): void {
  totals.know(label)
  taps.follow(dht, 'put', (args) => {
    const attempt = find(args)
    if (attempt === undefined) return undefined
    attempt.begin()
    let isTaken = false
    return {
      yielded(event) {
        if (isTaken || !isAcknowledgement(event, args[1])) return
        isTaken = true
        attempt.succeed()
      },
      ended() {
        totals.count(label, isTaken)
        attempt.end()
      },
    }
  })
}

function isAcknowledgement(event: unknown, sent: unknown): boolean {
  if (fieldOf(event, 'name') !== 'PEER_RESPONSE' || fieldOf(event, 'messageName') !== 'PUT_VALUE')
    return false
  // a peer may answer with a record that it likes better
  const stored = fieldOf(fieldOf(event, 'record'), 'value')
  return stored instanceof Uint8Array && sent instanceof Uint8Array && Buffer.compare(stored, sent) === 0
}
