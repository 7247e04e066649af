import { hearOutcome, isObject, peek, peekMethod, type Tap, tapMethod } from '@tidegauge/core'
import { attachOnce, type Feed } from '../feed.js'
import { doesNothing } from './no-op.js'

/** Helia's way into libp2p. What goes through it is counted where it ends: at the DHTs. */
const LIBP2P_ROUTER = 'libp2p-router'

/** Counts the advertisements of a Helia's routers, now and those that are added later. */
export function watchRouters(routing: object, feed: Feed): void {
  const routers = peek(routing, 'routers')
  if (Array.isArray(routers)) for (const router of routers) watchRouter(router, feed)
  else missing(feed, 'routers', 'advertisements by the routers that it has now are not counted')
  if (peekMethod(routing, 'addRouter') === undefined)
    return missing(feed, 'addRouter', 'advertisements by routers that are added later are not counted')
  attachOnce(feed, 'the routing of Helia', routing, () =>
    tapMethod(routing, 'addRouter', (call, [router]) => {
      const added = call()
      feed.notices.guard('watching a router', () => watchRouter(router, feed))
      return added
    }),
  )
}

/** Counts the advertisements of one router that is no DHT: well when `provide` returns, badly when it throws. */
export function watchRouter(router: unknown, feed: Feed): void {
  if (!isObject(router) || peek(router, 'name') === LIBP2P_ROUTER) return
  const provide = peekMethod(router, 'provide')
  if (provide === undefined) return
  const name = nameOf(router)
  if (doesNothing(provide))
    return feed.notices.info(
      `no-op ${name}`,
      `router "${name}" has a provide that does nothing: it advertises to nobody, and nothing is counted for it`,
    )
  attachOnce(feed, `router "${name}"`, router, () => tapMethod(router, 'provide', countProvide(feed)))
}

function countProvide({ tally, clock, notices }: Feed): Tap {
  const count = (counting: () => void): void => notices.guard('counting a provide', counting)
  return (call) => {
    count(() => tally.attempt(clock.now()))
    return hearOutcome(call, {
      kept: () => count(() => tally.success('delegated', clock.now())),
      broken: () => count(() => tally.failure('delegated')),
    })
  }
}

/** libp2p's routers have no name of their own. */
function nameOf(router: object): string {
  const name = peek(router, 'name') ?? peek(peek(router, 'constructor'), 'name')
  return typeof name === 'string' ? name : 'unnamed'
}

function missing({ notices }: Feed, what: string, effect: string): void {
  notices.warn(
    `missing routing.${what}`,
    `the routing of this Helia has no ${what} (known from helia 7): ${effect}; update this plugin`,
  )
}
