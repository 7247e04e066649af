/** Every private field of Helia and libp2p that the plugin relies on. A test checks them in the installed versions. */
import { isFunction, isObject, safeGet, safeGetMethod } from '@tidegauge/attach'

/** The private fields of one kind of object. */
export interface Internals {
  /** What the object is, in messages. */
  readonly object: string
  readonly fields: readonly Internal[]
}

/** Where a field is, what it must be, and what is not exported, or not exact, without it. */
type Internal = readonly [path: string, isExpected: (value: unknown) => boolean, feeds: string]

/**
 * The versions that have all of these fields: what the plugin measures. The README has them as a table, and a test
 * holds both against package.json and the installed versions.
 */
export const supportedVersions = {
  helia: '^7.0.0',
  '@helia/bitswap': '^4.0.14',
  libp2p: '^3.0.0',
  '@libp2p/kad-dht': '^16.0.0',
} as const

/** The same, for messages. */
export const KNOWN_VERSIONS = Object.entries(supportedVersions)
  .map(([name, range]) => `${name} ${range}`)
  .join(', ')

/** The end of each message about a field that is missing. */
export const WHAT_TO_DO =
  'install these versions, update @tidegauge/plugin-bitswap, or record with createBitswapRecorder() and pass it as source'

const isNumber = (value: unknown): boolean => typeof value === 'number'
const isText = (value: unknown): boolean => typeof value === 'string'
const isFlag = (value: unknown): boolean => typeof value === 'boolean'
const hasMethods =
  (...names: readonly string[]) =>
  (value: unknown): boolean =>
    names.every((name) => safeGetMethod(value, name) !== undefined)

/** Of an instance of `Bitswap`. */
export const bitswapInternals: Internals = {
  object: 'bitswap',
  fields: [
    ['network', hasMethods('addEventListener', 'removeEventListener'), 'received traffic'],
    ['network.libp2p.status', isText, 'whether the node runs'],
    ['network.libp2p.dialProtocol', isFunction, 'sent traffic and failed sends'],
    ['network.libp2p.getConnections', isFunction, 'the peers and debts'],
    ['network.sendQueue.size', isNumber, 'the send queue'],
    ['peerWantLists.ledgerMap', hasMethods('get', 'values'), 'debts and exchanges'],
    ['wantList.wants', hasMethods('values'), 'the wantlist'],
    ['wantList.peers.keys', isFunction, 'the peers'],
  ],
}

/** Of a ledger. There is none before a peer has sent something. */
export const ledgerInternals: Internals = {
  object: 'ledger',
  fields: [
    ['peerId', isObject, 'debts and exchanges'],
    ['exchangeCount', isNumber, 'exchanges'],
    ['bytesSent', isNumber, 'debts'],
    ['bytesReceived', isNumber, 'debts'],
    ['sendQueue.size', isNumber, 'exchanges of peers that have disconnected'],
  ],
}

/** Of a want in the wantlist. */
export const wantInternals: Internals = {
  object: 'want',
  fields: [['cancel', isFlag, 'the wantlist']],
}

/** Of a stream: without them nobody knows which messages left it. */
export const streamInternals: Internals = {
  object: 'stream',
  fields: [
    ['status', isText, 'failed sends'],
    ['send', isFunction, 'sent traffic'],
    ['sendData', isFunction, 'sent traffic'],
    ['writeBufferLength', isNumber, 'sent traffic'],
    ['addEventListener', isFunction, 'failed sends'],
    ['removeEventListener', isFunction, 'failed sends'],
  ],
}

/** Of the detail of a `bitswap:message` event. */
export const messageInternals: Internals = {
  object: 'received message',
  fields: [
    ['connection.remotePeer', isObject, 'exchanges'],
    ['message.blocks', Array.isArray, 'received traffic'],
    ['message.blockPresences', Array.isArray, 'received traffic'],
  ],
}

/** Of a kad-dht. */
export const dhtInternals: Internals = {
  object: 'dht',
  fields: [['contentRouting.provide', isFunction, 'advertisements over this DHT']],
}

/** Of a Helia node that runs. Its bitswap is found in another way: see `find-bitswap.ts`. */
export const heliaInternals: Internals = {
  object: 'helia',
  fields: [
    ['libp2p', isObject, 'advertisements over DHTs'],
    ['routing.routers', Array.isArray, 'advertisements by the routers of now'],
    ['routing.addRouter', isFunction, 'advertisements by routers that are added later'],
  ],
}

/** The fields that an object lacks, with what is not exported without them. */
export function missingInternals(object: unknown, internals: Internals): string[] {
  return internals.fields
    .filter(([path, isExpected]) => !isExpected(path.split('.').reduce(safeGet, object)))
    .map(([path, , feeds]) => `${internals.object}.${path} (${feeds})`)
}
