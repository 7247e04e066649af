import { hearOutcome, isObject, peek, peekMethod, type Tap, tapMethod } from '@tidegauge/core'
import { attachOnce, type Feed } from '../feed.js'
import { OpenProvides } from '../open-provides.js'
import { doesNothing } from './no-op.js'

/** Helia's way into libp2p. What goes through it is counted where it ends: at the DHTs. */
const LIBP2P_ROUTER = 'libp2p-router'

/**
 * Counts the advertisements of a Helia's routers, now and those that are added later. `libp2pNow` gives the node's
 * libp2p, if there is one by then.
 */
export function watchRouters(routing: object, libp2pNow: () => unknown, feed: Feed): void {
  const watch = (router: unknown): void => {
    if (!leadsToLibp2p(router, libp2pNow(), feed)) watchRouter(router, feed)
  }
  const routers = peek(routing, 'routers')
  if (Array.isArray(routers)) for (const router of routers) watch(router)
  else missing(feed, 'routers', 'advertisements by the routers that it has now are not counted')
  if (peekMethod(routing, 'addRouter') === undefined)
    return missing(feed, 'addRouter', 'advertisements by routers that are added later are not counted')
  attachOnce(feed, 'the routing of Helia', routing, () =>
    tapMethod(routing, 'addRouter', (call, [router]) => {
      const added = call()
      feed.notices.guard('watching a router', () => watch(router))
      return added
    }),
  )
}

/**
 * Whether a router of Helia is its way into libp2p: by its name, or because it holds the node's libp2p. The second
 * could be a router of another kind too, so it is told.
 */
function leadsToLibp2p(router: unknown, libp2p: unknown, { notices }: Feed): boolean {
  if (!isObject(router)) return false
  if (peek(router, 'name') === LIBP2P_ROUTER) return true
  if (!isObject(libp2p) || !Reflect.ownKeys(router).some((key) => peek(router, key) === libp2p)) return false
  const name = nameOf(router)
  notices.info(
    `libp2p in ${name}`,
    `router "${name}" holds the node's libp2p: what it provides is counted at the DHTs, and not as delegated`,
  )
  return true
}

/** Counts the advertisements of one router that is no DHT: well when `provide` returns, badly when it throws. */
export function watchRouter(router: unknown, feed: Feed): void {
  if (!isObject(router)) return
  const provide = peekMethod(router, 'provide')
  if (provide === undefined) return
  const name = nameOf(router)
  if (doesNothing(provide))
    return feed.notices.info(
      `no-op ${name}`,
      `router "${name}" has a provide that does nothing: it advertises to nobody, and nothing is counted for it`,
    )
  const what = `router "${name}"`
  attachOnce(feed, what, router, () => {
    const open = new OpenProvides(what, feed)
    const putBack = tapMethod(router, 'provide', countProvide(feed, open))
    return () => {
      putBack()
      open.stop()
    }
  })
}

function countProvide({ tally, clock, notices }: Feed, open: OpenProvides): Tap {
  const count = <R>(counting: () => R): R | undefined => notices.guard('counting a provide', counting)
  return (call) => {
    const end = count(() => {
      tally.attempt(clock.now())
      return open.begin()
    })
    const ended = (counting: () => void): void => {
      count(counting)
      if (end !== undefined) count(end)
    }
    return hearOutcome(call, {
      kept: () => ended(() => tally.success('delegated', clock.now())),
      broken: () => ended(() => tally.failure('delegated')),
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
