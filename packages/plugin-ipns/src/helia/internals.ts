import { safeGet, safeGetMethod } from '@tidegauge/attach'
import { isHeliaRouting, isLibp2pRouter, isLocalStore, libp2pBehind, routersOfHelia } from './routers.js'
import { isDatastore, type NodeLike } from './shapes.js'

/**
 * The versions that have all of these internals: what the plugin measures. The README has them as a table, and a test
 * holds both against package.json and the installed versions.
 */
export const supportedVersions = {
  helia: '^7.0.0',
  '@helia/ipns': '^10.1.0',
  libp2p: '^3.0.0',
  '@libp2p/kad-dht': '^16.0.0',
} as const

/** The same, for messages. */
export const KNOWN_VERSIONS = Object.entries(supportedVersions)
  .map(([name, range]) => `${name} ${range}`)
  .join(', ')

/** The end of each message about an internal that is missing. */
export const WHAT_TO_DO =
  'install these versions, update @tidegauge/plugin-ipns, or record with createIpnsRecorder() and pass it as source'

/** Something that a library keeps private and the plugin relies on. */
export interface Internal {
  readonly path: string
  /** What is not exported, or not exact, without it. */
  readonly feeds: string
  /** Whether values would be wrong without it: then nothing is measured. Else what it feeds is left out, or late. */
  readonly isRequired: boolean
  isThere(node: NodeLike): boolean
}

/** Everything private of Helia, `@helia/ipns` and libp2p that is relied on; a test checks the installed version. */
export const internals: readonly Internal[] = [
  {
    path: 'name.components.datastore',
    feeds: 'records; or pass the Helia node as the option helia',
    isRequired: true,
    isThere: ({ helia }) => isDatastore(safeGet(helia, 'datastore')),
  },
  {
    path: 'helia.status',
    feeds: 'whether the node runs',
    isRequired: false,
    isThere: ({ helia }) => hasStatus(helia),
  },
  {
    path: 'helia.libp2p.status',
    feeds: 'whether the node runs',
    isRequired: false,
    isThere: (node) => libp2pNodes(node).every((libp2p) => libp2p === undefined || hasStatus(libp2p)),
  },
  {
    path: 'name.started',
    feeds: 'republisher state, next attempts',
    isRequired: false,
    isThere: ({ name }) => typeof safeGet(name, 'started') === 'boolean',
  },
  {
    path: 'name.localStore.list',
    feeds: 'republisher runs, skipped refreshes',
    isRequired: true,
    isThere: hasStoreMethod('list'),
  },
  {
    path: 'name.localStore.put',
    feeds: 'written records without delay',
    isRequired: false,
    isThere: hasStoreMethod('put'),
  },
  {
    path: 'name.localStore.delete',
    feeds: 'deleted records without delay',
    isRequired: false,
    isThere: hasStoreMethod('delete'),
  },
  {
    path: 'the local store in name.routers',
    feeds: 'results: it counts as a router that takes records',
    isRequired: true,
    isThere: (node) => node.name.routers.some((router) => isLocalStore(router, node)),
  },
  {
    path: 'the routing of Helia in name.routers',
    feeds: 'results by router',
    isRequired: true,
    isThere: (node) => node.name.routers.some((router) => isHeliaRouting(router, node)),
  },
  {
    path: 'helia.routing.routers',
    feeds: 'results by router of Helia',
    isRequired: true,
    isThere: (node) => heliaRoutings(node).every((router) => routersOfHelia(router, node) !== undefined),
  },
  {
    path: 'helia.libp2p.services',
    feeds: 'results by router of libp2p',
    isRequired: true,
    isThere: (node) => libp2pNodes(node).every((libp2p) => libp2p !== undefined),
  },
  {
    path: 'helia.libp2p.contentRouting.routers',
    feeds: 'results of routers that are not services',
    isRequired: true,
    isThere: (node) =>
      libp2pNodes(node).every(
        (libp2p) =>
          libp2p === undefined || Array.isArray(safeGet(safeGet(libp2p, 'contentRouting'), 'routers')),
      ),
  },
]

function heliaRoutings(node: NodeLike): object[] {
  return node.name.routers.filter((router) => isHeliaRouting(router, node))
}

/** The libp2p node behind each router that forwards to it; undefined where it is not found. */
function libp2pNodes(node: NodeLike): (object | undefined)[] {
  const routers = heliaRoutings(node).flatMap((router) => routersOfHelia(router, node) ?? [])
  return routers.filter((router) => isLibp2pRouter(router, node)).map((router) => libp2pBehind(router, node))
}

function hasStatus(part: unknown): boolean {
  return typeof safeGet(part, 'status') === 'string'
}

function hasStoreMethod(method: string): Internal['isThere'] {
  return ({ name }) => safeGetMethod(safeGet(name, 'localStore'), method) !== undefined
}
