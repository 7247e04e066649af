import { followGenerator, isObject, peek, peekMethod, tapMethod } from '@tidegauge/core'
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
  watchProvides(peek(dht, 'contentRouting'), nameOf(dht), feed)
  watchReprovider(peek(dht, 'reprovider'), feed)
}

function watchProvides(contentRouting: unknown, name: string, feed: Feed): void {
  if (!isObject(contentRouting) || peekMethod(contentRouting, 'provide') === undefined)
    return missing(feed, 'contentRouting.provide', 'its advertisements are not counted')
  attachOnce(feed, 'contentRouting of a DHT', contentRouting, () => {
    const open = new OpenProvides(name, feed)
    const putBack = tapMethod(contentRouting, 'provide', (call) => {
      const events = call()
      feed.notices.guard('following a provide', () => follow(events, feed, open))
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
  const protocol = peek(dht, 'protocol')
  return typeof protocol === 'string' ? `the DHT "${protocol}"` : 'a DHT'
}

function follow(events: unknown, feed: Feed, open: OpenProvides): void {
  const { notices } = feed
  const attempt = new DhtAttempt(feed, open)
  const followed = followGenerator(events, {
    asked: () => notices.guard('counting a provide', () => attempt.asked()),
    gave: (event) => notices.guard('counting a provide', () => attempt.gave(event)),
    ended: () => notices.guard('counting a provide', () => attempt.ended()),
  })
  if (!followed) missing(feed, 'events of contentRouting.provide', 'its advertisements are not counted')
}

/** A round asks for each own and foreign record whether it is to be provided again. */
function watchReprovider(reprovider: unknown, feed: Feed): void {
  if (!isObject(reprovider) || peekMethod(reprovider, 'shouldReprovide') === undefined)
    return missing(feed, 'reprovider.shouldReprovide', 'the records that it leaves alone are not counted')
  attachOnce(feed, 'the reprovider of a DHT', reprovider, () =>
    tapMethod(reprovider, 'shouldReprovide', (call, [isOwn]) => {
      const due = call()
      if (isOwn === true && due === false) feed.tally.skip()
      return due
    }),
  )
}

function missing({ notices }: Feed, what: string, effect: string): void {
  notices.warn(
    `missing ${what}`,
    `a DHT of this node has no ${what} (known from @libp2p/kad-dht 16): ${effect}; update this plugin`,
  )
}
