import { isFunction, isObject, safeGet } from './safe-get.js'

/** The content routers of one libp2p node, each with a name for labels and messages. */
export interface ContentRouters {
  /** Each kad-dht of the node. */
  readonly dhts: ReadonlyMap<object, string>
  /** Each content router that does not belong to a kad-dht, such as a delegated one. */
  readonly others: ReadonlyMap<object, string>
}

/** Where a libp2p service has its content router: `contentRoutingSymbol` of `@libp2p/interface`. */
const CONTENT_ROUTING = Symbol.for('@libp2p/content-routing')

const DHT_TAG = '@libp2p/kad-dht'

/** The name of the router through which Helia reaches libp2p: `@helia/libp2p`, src/routing.ts. */
const LIBP2P_ROUTER = 'libp2p-router'

/**
 * Finds the content routers of a libp2p node: those of its services and those that `createLibp2p` was given as
 * `contentRouters`. A router is named after its service, or by {@link describeRouter}. Changes nothing and never
 * throws; for anything that is not a libp2p node both maps are empty.
 */
export function findContentRouters(libp2p: unknown): ContentRouters {
  const dhts = new Map<object, string>()
  const others = new Map<object, string>()
  const add = (found: Map<object, string>, router: unknown, name: string): void => {
    if (isObject(router) && !found.has(router)) found.set(router, name)
  }
  const addRouter = (router: unknown, name: string): void => {
    // the content router of a kad-dht refers to its DHT, which is not always a service
    const dht = safeGet(router, 'dht')
    if (isKadDht(dht)) add(dhts, dht, name)
    else add(others, router, name)
  }
  const services = safeGet(libp2p, 'services')
  for (const name of isObject(services) ? Object.keys(services) : []) {
    const service = safeGet(services, name)
    if (isKadDht(service)) add(dhts, service, name)
    else addRouter(safeGet(service, CONTENT_ROUTING), name)
  }
  const routers = safeGet(safeGet(libp2p, 'contentRouting'), 'routers')
  for (const router of Array.isArray(routers) ? (routers as unknown[]) : [])
    addRouter(router, describeRouter(router))
  for (const dht of dhts.keys()) others.delete(safeGet(dht, CONTENT_ROUTING) as object)
  return { dhts, others }
}

/** Whether an object is a kad-dht: by its tag, or by its shape where another version has another tag. */
export function isKadDht(service: unknown): service is object {
  if (!isObject(service)) return false
  if (safeGet(service, Symbol.toStringTag) === DHT_TAG) return true
  return (
    isFunction(safeGet(safeGet(service, 'contentRouting'), 'provide')) &&
    isObject(safeGet(service, 'routingTable'))
  )
}

/**
 * Whether a router of Helia passes everything to libp2p: `name` when it has the name of Helia's own, `reference` when
 * one of its fields is the node's libp2p, which a router of another kind could have too; undefined otherwise.
 */
export function leadsToLibp2p(router: unknown, libp2p: unknown): 'name' | 'reference' | undefined {
  if (!isObject(router)) return undefined
  if (describeRouter(router) === LIBP2P_ROUTER) return 'name'
  const isReferred =
    isObject(libp2p) && Reflect.ownKeys(router).some((key) => safeGet(router, key) === libp2p)
  return isReferred ? 'reference' : undefined
}

/**
 * The name of a router: its `name`; else its text without arguments, such as `HeliaRouting` for `HeliaRouting()`,
 * since arguments may hold secrets; else the name of its class; else `unknown`.
 */
export function describeRouter(router: unknown): string {
  const name = safeGet(router, 'name')
  if (typeof name === 'string' && name !== '') return name
  const text = textOf(router).replace(/\(.*/s, '')
  if (text !== '' && !text.startsWith('[object')) return text
  const constructor = safeGet(router, 'constructor')
  return isFunction(constructor) && constructor !== Object ? constructor.name : 'unknown'
}

function textOf(router: unknown): string {
  const toText = safeGet(router, 'toString')
  if (!isFunction(toText)) return ''
  try {
    return String(Reflect.apply(toText, router, []))
  } catch {
    return ''
  }
}
