import { observeGenerator, isObject, safeGet, safeGetMethod, wrapMethod } from '@tidegauge/attach'
import { attachOnce, type Feed } from '../feed.js'
import { OpenProvides } from '../open-provides.js'
import { DhtAttempt } from './attempt.js'

/**
 * Counts what one kad-dht provides, for a user or by its reprovider, and what its reprovider leaves alone.
 *
 * Both go through `provide` of the DHT's content routing, which has no other way in. It is private in TypeScript
 * and a plain field otherwise.
 */
export function watchDht(dht: object, feed: Feed): void {
  watchProvides(safeGet(dht, 'contentRouting'), nameOf(dht), feed)
  watchReprovider(safeGet(dht, 'reprovider'), feed)
}

function watchProvides(contentRouting: unknown, name: string, feed: Feed): void {
  if (!isObject(contentRouting) || safeGetMethod(contentRouting, 'provide') === undefined)
    return missing(feed, 'contentRouting.provide', 'its advertisements are not counted')
  attachOnce(feed, 'contentRouting of a DHT', contentRouting, () => {
    const open = new OpenProvides(name, feed)
    const putBack = wrapMethod(contentRouting, 'provide', (call) => {
      const events = call()
      feed.logOnce.guard('following a provide', () => follow(events, feed, open))
      return events
    })
    return () => {
      putBack()
      open.stop()
    }
  })
}

/** A node may have several, each with a protocol of its own. */
function nameOf(dht: object): string {
  const protocol = safeGet(dht, 'protocol')
  return typeof protocol === 'string' ? `the DHT "${protocol}"` : 'a DHT'
}

function follow(events: unknown, feed: Feed, open: OpenProvides): void {
  const { logOnce } = feed
  const attempt = new DhtAttempt(feed, open)
  const followed = observeGenerator(events, {
    requested: () => logOnce.guard('counting a provide', () => attempt.requested()),
    yielded: (event) => logOnce.guard('counting a provide', () => attempt.yielded(event)),
    ended: () => logOnce.guard('counting a provide', () => attempt.ended()),
  })
  if (!followed) missing(feed, 'events of contentRouting.provide', 'its advertisements are not counted')
}

/** A round asks for each own and foreign record whether it is to be provided again. */
function watchReprovider(reprovider: unknown, feed: Feed): void {
  if (!isObject(reprovider) || safeGetMethod(reprovider, 'shouldReprovide') === undefined)
    return missing(feed, 'reprovider.shouldReprovide', 'the records that it leaves alone are not counted')
  attachOnce(feed, 'the reprovider of a DHT', reprovider, () =>
    wrapMethod(reprovider, 'shouldReprovide', (call, [isOwn]) => {
      const due = call()
      if (isOwn === true && due === false) feed.tally.skip()
      return due
    }),
  )
}

function missing({ logOnce }: Feed, what: string, effect: string): void {
  logOnce.warn(
    `missing ${what}`,
    `a DHT of this node has no ${what} (known from @libp2p/kad-dht 16): ${effect}; update this plugin`,
  )
}
