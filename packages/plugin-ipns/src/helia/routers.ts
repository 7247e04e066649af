import { describeRouter, findContentRouters, isObject, leadsToLibp2p, safeGet } from '@tidegauge/attach'
import type { NodeLike } from './shapes.js'

/** A router of IPNS, Helia or libp2p that records are handed to. */
export interface FoundRouter {
  readonly router: object
  /** For labels and messages. */
  readonly name: string
  /**
   * When a put has succeeded: when it resolves; when a peer has acknowledged the record (kad-dht); or never, because
   * the router only forwards the record to others of the list, or is the local store.
   */
  readonly succeeds: 'resolved' | 'acknowledged' | 'never'
  /** Whether `@helia/ipns` itself hands records to it, so that an attempt starts here. */
  readonly isEntry: boolean
}

/**
 * Finds every router that records are handed to.
 *
 * `@helia/ipns` hands a record to the routers of `name`. The one for Helia forwards it to Helia's routers, and one of
 * these to the routers of libp2p. Each is listed, because a router that forwards rejects with the first rejection
 * behind it while the others continue.
 */
export function findRouters(node: NodeLike): FoundRouter[] {
  return node.name.routers.flatMap((router) => {
    const entry = { router, name: describeRouter(router), isEntry: true }
    if (isLocalStore(router, node)) return [{ ...entry, succeeds: 'never' }]
    const inner = isHeliaRouting(router, node) ? routersOfHelia(router, node) : undefined
    if (inner === undefined) return [{ ...entry, succeeds: 'resolved' }]
    return [{ ...entry, succeeds: 'never' }, ...inner.flatMap((one) => findBehindHelia(one, node))]
  })
}

/** Whether a router of IPNS is the local store: by its field, or by its text in `@helia/ipns` 10. */
export function isLocalStore(router: object, { name }: NodeLike): boolean {
  return (
    refersTo(router, 'localStore', safeGet(name, 'localStore')) ||
    describeRouter(router) === 'LocalStoreRouting'
  )
}

/** Whether a router of IPNS forwards to the routers of Helia: by its field, or by its text in `@helia/ipns` 10. */
export function isHeliaRouting(router: object, { helia }: NodeLike): boolean {
  return refersTo(router, 'routing', safeGet(helia, 'routing')) || describeRouter(router) === 'HeliaRouting'
}

/** The routers of Helia behind a router of IPNS; undefined when they are not to be found. */
export function routersOfHelia(router: object, { helia }: NodeLike): object[] | undefined {
  const routers = safeGet(safeGet(router, 'routing') ?? safeGet(helia, 'routing'), 'routers')
  return Array.isArray(routers) ? (routers as unknown[]).filter(isObject) : undefined
}

/** Whether a router of Helia forwards to libp2p: by its name, or by its field. */
export function isLibp2pRouter(router: object, { helia }: NodeLike): boolean {
  const libp2p = safeGet(helia, 'libp2p')
  return leadsToLibp2p(router, libp2p) === 'name' || refersTo(router, 'libp2p', libp2p)
}

/** The libp2p node behind that router; undefined when it shows no services. */
export function libp2pBehind(router: object, { helia }: NodeLike): object | undefined {
  const libp2p = safeGet(router, 'libp2p') ?? safeGet(helia, 'libp2p')
  return isObject(safeGet(libp2p, 'services')) ? (libp2p as object) : undefined
}

function findBehindHelia(router: object, node: NodeLike): FoundRouter[] {
  const own = { router, name: describeRouter(router), isEntry: false }
  const libp2p = isLibp2pRouter(router, node) ? libp2pBehind(router, node) : undefined
  if (libp2p === undefined) return [{ ...own, succeeds: 'resolved' }]
  const { dhts, others } = findContentRouters(libp2p)
  const behind = (routers: ReadonlyMap<object, string>, succeeds: FoundRouter['succeeds']): FoundRouter[] =>
    [...routers].map(([one, name]) => ({ router: one, name, succeeds, isEntry: false }))
  return [{ ...own, succeeds: 'never' }, ...behind(dhts, 'acknowledged'), ...behind(others, 'resolved')]
}

function refersTo(router: object, field: string, target: unknown): boolean {
  return isObject(target) && safeGet(router, field) === target
}
