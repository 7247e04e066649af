import { safeGet, safeGetMethod } from '@tidegauge/attach'
import { isHeliaRouting, isLibp2pRouter, isLocalStore, libp2pBehind, routersOfHelia } from './routers.js'
import { isDatastore, type NodeLike } from './shapes.js'

/** The version whose internals the table lists. */
const KNOWN_VERSION = '@helia/ipns 10.1.0'

/** Something that a library keeps private and the plugin relies on. */
export interface Internal {
  readonly path: string
  /** What is not exported, or not exact, without it. */
  readonly feeds: string
  isThere(node: NodeLike): boolean
}

/** Everything private of Helia, `@helia/ipns` and libp2p that is relied on; a test checks the installed version. */
export const internals: readonly Internal[] = [
  {
    path: 'name.components.datastore',
    feeds: 'records',
    isThere: ({ helia }) => isDatastore(safeGet(helia, 'datastore')),
  },
  {
    path: 'name.started',
    feeds: 'republisher state, next attempts',
    isThere: ({ name }) => typeof safeGet(name, 'started') === 'boolean',
  },
  { path: 'name.localStore.list', feeds: 'republisher runs', isThere: hasStoreMethod('list') },
  { path: 'name.localStore.put', feeds: 'written records without delay', isThere: hasStoreMethod('put') },
  {
    path: 'name.localStore.delete',
    feeds: 'deleted records without delay',
    isThere: hasStoreMethod('delete'),
  },
  {
    path: 'the local store in name.routers',
    feeds: 'results: it counts as a router that takes records',
    isThere: (node) => node.name.routers.some((router) => isLocalStore(router, node)),
  },
  {
    path: 'the routing of Helia in name.routers',
    feeds: 'results by router',
    isThere: (node) => node.name.routers.some((router) => isHeliaRouting(router, node)),
  },
  {
    path: 'helia.routing.routers',
    feeds: 'results by router of Helia',
    isThere: (node) => heliaRoutings(node).every((router) => routersOfHelia(router, node) !== undefined),
  },
  {
    path: 'helia.libp2p.services',
    feeds: 'results by router of libp2p',
    isThere: (node) => libp2pRouters(node).every((router) => libp2pBehind(router, node) !== undefined),
  },
  {
    path: 'helia.libp2p.contentRouting.routers',
    feeds: 'results of routers that are not services',
    isThere: (node) =>
      libp2pRouters(node).every((router) => {
        const libp2p = libp2pBehind(router, node)
        return libp2p === undefined || Array.isArray(safeGet(safeGet(libp2p, 'contentRouting'), 'routers'))
      }),
  },
]

/** One sentence about everything that a version of Helia lacks; undefined when nothing is missing. */
export function missingInternals(node: NodeLike): string | undefined {
  const missing = internals.filter((internal) => !internal.isThere(node))
  if (missing.length === 0) return undefined
  const list = missing.map(({ path, feeds }) => `${path} (${feeds})`).join(', ')
  return `this plugin knows ${KNOWN_VERSION} and needs ${list}; the rest is exported; update @tidegauge/plugin-ipns, or record with createIpnsRecorder() and pass it as source`
}

function heliaRoutings(node: NodeLike): object[] {
  return node.name.routers.filter((router) => isHeliaRouting(router, node))
}

function libp2pRouters(node: NodeLike): object[] {
  const routers = heliaRoutings(node).flatMap((router) => routersOfHelia(router, node) ?? [])
  return routers.filter((router) => isLibp2pRouter(router, node))
}

function hasStoreMethod(method: string): Internal['isThere'] {
  return ({ name }) => safeGetMethod(safeGet(name, 'localStore'), method) !== undefined
}
