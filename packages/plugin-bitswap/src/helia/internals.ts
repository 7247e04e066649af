import { safeGetMethod } from '@tidegauge/attach'
import { KNOWN_VERSIONS, WHAT_TO_DO } from './find-bitswap.js'
import type { BitswapLike, LedgerLike } from './shapes.js'

/** One thing inside of bitswap that is relied on. */
interface Internal {
  readonly path: string
  /** What is not exported without it. */
  readonly feeds: string
  isThere(bitswap: BitswapLike): boolean
}

/** Everything inside of bitswap that is relied on; a test holds it against the installed version. */
export const internals: readonly Internal[] = [
  {
    path: 'bitswap.network',
    feeds: 'received traffic',
    isThere: ({ network }) => hasMethod(network, 'addEventListener'),
  },
  {
    path: 'bitswap.network.libp2p.dialProtocol',
    feeds: 'sent traffic and failed sends',
    isThere: ({ network }) => hasMethod(network?.libp2p, 'dialProtocol'),
  },
  {
    path: 'bitswap.network.libp2p.getConnections',
    feeds: 'the peers and debts',
    isThere: ({ network }) => hasMethod(network?.libp2p, 'getConnections'),
  },
  {
    path: 'bitswap.network.sendQueue.size',
    feeds: 'the send queue',
    isThere: ({ network }) => typeof network?.sendQueue?.size === 'number',
  },
  {
    path: 'bitswap.peerWantLists.ledgerMap',
    feeds: 'debts and exchanges',
    isThere: ({ peerWantLists }) =>
      hasMethod(peerWantLists?.ledgerMap, 'get') && hasMethod(peerWantLists?.ledgerMap, 'values'),
  },
  {
    path: 'bitswap.wantList.wants',
    feeds: 'the wantlist',
    isThere: ({ wantList }) => hasMethod(wantList?.wants, 'values'),
  },
  {
    path: 'bitswap.wantList.peers.keys',
    feeds: 'the peers',
    isThere: ({ wantList }) => hasMethod(wantList?.peers, 'keys'),
  },
]

/** One message about everything that a version of bitswap lacks; undefined when nothing is missing. */
export function missingInternals(bitswap: BitswapLike): string | undefined {
  const missing = internals.filter((internal) => !internal.isThere(bitswap))
  if (missing.length === 0) return undefined
  return lacks(missing.map(({ path, feeds }) => `${path} (${feeds})`))
}

const ledgerNumbers = ['exchangeCount', 'bytesSent', 'bytesReceived'] as const

/** The same about a ledger, of which there is none before a peer has sent something. */
export function missingInLedger(ledger: LedgerLike): string | undefined {
  const missing = ledgerNumbers.filter((name) => typeof ledger[name] !== 'number')
  return missing.length === 0
    ? undefined
    : lacks(missing.map((name) => `ledger.${name} (debts and exchanges)`))
}

function lacks(parts: readonly string[]): string {
  return `this Helia's bitswap lacks what is known from ${KNOWN_VERSIONS}: ${parts.join(', ')}; these are not exported, the rest is; ${WHAT_TO_DO}`
}

function hasMethod(object: object | undefined, name: string): boolean {
  return safeGetMethod(object, name) !== undefined
}
