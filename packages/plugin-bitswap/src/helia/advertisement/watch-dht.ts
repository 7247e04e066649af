import { isObject, observeGenerator, safeGet, safeGetMethod, wrapMethod } from '@tidegauge/attach'
import { Attempt, type AttemptDeps } from '../../advertisement/attempt.js'
import { OpenProvides } from '../../advertisement/open-provides.js'
import { dhtInternals, logMissing } from '../internals.js'
import type { AdvertisementDeps } from './attached-objects.js'

/**
 * Counts what one kad-dht provides, for a user or by its reprovider, and what its reprovider skips. Everything that it
 * provides goes through `provide` of its content routing. `what` names the DHT in messages.
 */
export function watchDht(dht: object, what: string, deps: AdvertisementDeps): void {
  logMissing(dht, dhtInternals, deps.logOnce)
  watchProvides(safeGet(dht, 'contentRouting'), what, deps)
  watchReprovider(safeGet(dht, 'reprovider'), what, deps)
}

function watchProvides(contentRouting: unknown, what: string, deps: AdvertisementDeps): void {
  if (!isObject(contentRouting) || safeGetMethod(contentRouting, 'provide') === undefined) return
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
function observeProvide(events: unknown, what: string, deps: AttemptDeps): void {
  const attempt = new Attempt('dht', deps)
  const isObserved = observeGenerator(events, {
    requested: () => attempt.start(),
    yielded: (event) => {
      if (isAccepted(event)) attempt.succeed()
    },
    ended: () => attempt.end(),
  })
  if (!isObserved)
    deps.logOnce.warn(
      'provide without events',
      `${what} returned no events from provide: its advertisements are not counted; update @tidegauge/plugin-bitswap`,
    )
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

/** A reprovide round asks for each record, own or foreign, whether it is to be provided again. */
function watchReprovider(reprovider: unknown, what: string, { attached, counts }: AdvertisementDeps): void {
  if (!isObject(reprovider) || safeGetMethod(reprovider, 'shouldReprovide') === undefined) return
  attached.attach(reprovider, `the reprovider of ${what}`, () =>
    wrapMethod(reprovider, 'shouldReprovide', (call, [isOwn]) => {
      const isDue = call()
      if (isOwn === true && isDue === false) counts.skip()
      return isDue
    }),
  )
}
