import { isFunction, isObject, safeGet } from '@tidegauge/attach'

/** What advertises inside one libp2p node. */
export interface ContentRouters {
  readonly dhts: ReadonlySet<object>
  /** Content routers that are no DHT, such as delegated ones. */
  readonly others: readonly object[]
}

const DHT_TAG = '@libp2p/kad-dht'

/** Where a libp2p service shows its content router (`contentRoutingSymbol` of `@libp2p/interface`). */
const CONTENT_ROUTING = Symbol.for('@libp2p/content-routing')

/** Finds the DHTs of a libp2p node, under whatever service names, and its other content routers. */
export function findContentRouters(libp2p: object): ContentRouters {
  const services = safeGet(libp2p, 'services')
  const found = isObject(services) ? Object.keys(services).map((name) => safeGet(services, name)) : []
  const dhts = new Set(found.filter(isDht))
  const routers = safeGet(safeGet(libp2p, 'contentRouting'), 'routers')
  const others: object[] = []
  for (const router of Array.isArray(routers) ? routers.filter(isObject) : []) {
    // kad-dht's content router keeps its DHT in `dht`: one that was not given as a service is found there
    const dht = safeGet(router, 'dht')
    if (isDht(dht)) dhts.add(dht)
    else others.push(router)
  }
  const ofDhts = new Set([...dhts].map((dht) => safeGet(dht, CONTENT_ROUTING)))
  return { dhts, others: others.filter((router) => !ofDhts.has(router)) }
}

/** By its tag, or by its shape where the tag has changed. */
function isDht(service: unknown): service is object {
  if (!isObject(service)) return false
  if (safeGet(service, Symbol.toStringTag) === DHT_TAG) return true
  return (
    isFunction(safeGet(safeGet(service, 'contentRouting'), 'provide')) &&
    isObject(safeGet(service, 'routingTable'))
  )
}
