import { isObject, observeGenerator, safeGet, wrapMethod } from '@tidegauge/attach'
import { Attempt, type AttemptDeps } from '../../advertisement/attempt.js'
import { OpenProvides } from '../../advertisement/open-provides.js'
import { dhtInternals } from '../internals.js'
import type { ShapeCheck } from '../shape-check.js'
import type { AdvertisementDeps } from './attached-objects.js'

/**
 * Counts what one kad-dht provides, for a user or by its reprovider. Everything that it provides goes through `provide`
 * of its content routing. `what` names the DHT in messages.
 */
export function watchDht(dht: object, what: string, deps: AdvertisementDeps): void {
  const contentRouting = safeGet(dht, 'contentRouting')
  if (!deps.shape.has(dht, dhtInternals) || !isObject(contentRouting)) return
  deps.attached.attach(contentRouting, what, () => {
    const open = new OpenProvides(what, deps)
    const restore = wrapMethod(contentRouting, 'provide', (call) => {
      const events = call()
      deps.logOnce.guard('observing a provide', () => observeProvide(events, what, { ...deps, open }))
      return events
    })
    return () => {
      restore()
      open.stop()
    }
  })
}

/** A generator does nothing before its first event is requested: the attempt starts then. */
function observeProvide(
  events: unknown,
  what: string,
  deps: AttemptDeps & { readonly shape: ShapeCheck },
): void {
  const attempt = new Attempt('dht', deps)
  const isObserved = observeGenerator(events, {
    requested: () => attempt.start(),
    yielded: (event) => {
      if (isAccepted(event)) return attempt.succeed()
      if (isKnown(event)) return
      deps.shape.add(`known events from provide of ${what} (advertisements over this DHT)`)
      attempt.abandon()
    },
    ended: () => attempt.end(),
  })
  if (!isObserved) deps.shape.add(`events from provide of ${what} (advertisements over this DHT)`)
}

/**
 * Whether a query event says that a peer accepted a provider record.
 *
 * The kad-dht specification ("RPC messages") has no answer to ADD_PROVIDER, and js-libp2p waits for none
 * (`Network.sendMessage` of `@libp2p/kad-dht`): a peer accepted the record when it agreed to the stream and the record
 * was written to it. Whether the peer keeps the record is unknown.
 */
function isAccepted(event: unknown): boolean {
  return safeGet(event, 'name') === 'PEER_RESPONSE' && safeGet(event, 'messageName') === 'ADD_PROVIDER'
}

/** Whether an event has what {@link isAccepted} decides by. */
function isKnown(event: unknown): boolean {
  const name = safeGet(event, 'name')
  return (
    typeof name === 'string' &&
    (name !== 'PEER_RESPONSE' || typeof safeGet(event, 'messageName') === 'string')
  )
}
