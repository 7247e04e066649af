import {
  observeCall,
  isObject,
  safeGet,
  safeGetMethod,
  type MethodWrapper,
  wrapMethod,
} from '@tidegauge/attach'
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
  const routers = safeGet(routing, 'routers')
  if (Array.isArray(routers)) for (const router of routers) watch(router)
  else missing(feed, 'routers', 'advertisements by the routers that it has now are not counted')
  if (safeGetMethod(routing, 'addRouter') === undefined)
    return missing(feed, 'addRouter', 'advertisements by routers that are added later are not counted')
  attachOnce(feed, 'the routing of Helia', routing, () =>
    wrapMethod(routing, 'addRouter', (call, [router]) => {
      const added = call()
      feed.logOnce.guard('watching a router', () => watch(router))
      return added
    }),
  )
}

/**
 * Whether a router of Helia is its way into libp2p: by its name, or because it holds the node's libp2p. The second
 * could be a router of another kind too, so it is told.
 */
function leadsToLibp2p(router: unknown, libp2p: unknown, { logOnce }: Feed): boolean {
  if (!isObject(router)) return false
  if (safeGet(router, 'name') === LIBP2P_ROUTER) return true
  if (!isObject(libp2p) || !Reflect.ownKeys(router).some((key) => safeGet(router, key) === libp2p))
    return false
  const name = nameOf(router)
  logOnce.info(
    `libp2p in ${name}`,
    `router "${name}" holds the node's libp2p: what it provides is counted at the DHTs, and not as delegated`,
  )
  return true
}

/** Counts the advertisements of one router that is no DHT: well when `provide` returns, badly when it throws. */
export function watchRouter(router: unknown, feed: Feed): void {
  if (!isObject(router)) return
  const provide = safeGetMethod(router, 'provide')
  if (provide === undefined) return
  const name = nameOf(router)
  if (doesNothing(provide))
    return feed.logOnce.info(
      `no-op ${name}`,
      `router "${name}" has a provide that does nothing: it advertises to nobody, and nothing is counted for it`,
    )
  const what = `router "${name}"`
  attachOnce(feed, what, router, () => {
    const open = new OpenProvides(what, feed)
    const putBack = wrapMethod(router, 'provide', countProvide(feed, open))
    return () => {
      putBack()
      open.stop()
    }
  })
}

function countProvide({ tally, clock, logOnce }: Feed, open: OpenProvides): MethodWrapper {
  const count = <R>(counting: () => R): R | undefined => logOnce.guard('counting a provide', counting)
  return (call) => {
    const end = count(() => {
      tally.attempt(clock.now())
      return open.begin()
    })
    const ended = (counting: () => void): void => {
      count(counting)
      if (end !== undefined) count(end)
    }
    return observeCall(call, {
      returned: () => ended(() => tally.success('delegated', clock.now())),
      failed: () => ended(() => tally.failure('delegated')),
    })
  }
}

/** libp2p's routers have no name of their own. */
function nameOf(router: object): string {
  const name = safeGet(router, 'name') ?? safeGet(safeGet(router, 'constructor'), 'name')
  return typeof name === 'string' ? name : 'unnamed'
}

function missing({ logOnce }: Feed, what: string, effect: string): void {
  logOnce.warn(
    `missing routing.${what}`,
    `the routing of this Helia has no ${what} (known from helia 7): ${effect}; update this plugin`,
  )
}
