/** Every private field of Helia and libp2p that the plugin relies on. A test checks them in the installed versions. */
import { isFunction, safeGet, safeGetMethod } from '@tidegauge/attach'
import type { LogOnce } from '@tidegauge/core'

/** The private fields of one kind of object. */
export interface Internals {
  /** What the object is, in messages. */
  readonly object: string
  /** The version that has all of them. */
  readonly knownFrom: string
  readonly fields: readonly Internal[]
}

/** Where a field is, what it must be, and what is not exported without it. */
type Internal = readonly [path: string, isExpected: (value: unknown) => boolean, feeds: string]

const isNumber = (value: unknown): boolean => typeof value === 'number'
const hasMethods =
  (...names: readonly string[]) =>
  (value: unknown): boolean =>
    names.every((name) => safeGetMethod(value, name) !== undefined)

/** The versions of Helia and bitswap that the plugin knows. */
export const KNOWN_VERSIONS = 'helia 7.1 with @helia/bitswap 4.0'

/** The end of each message about a field that is missing. */
export const WHAT_TO_DO =
  'update @tidegauge/plugin-bitswap, or record with createBitswapRecorder() and pass it as source'

/** Of an instance of `Bitswap`. */
export const bitswapInternals: Internals = {
  object: 'bitswap',
  knownFrom: KNOWN_VERSIONS,
  fields: [
    ['network', hasMethods('addEventListener'), 'received traffic'],
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
  knownFrom: KNOWN_VERSIONS,
  fields: [
    ['exchangeCount', isNumber, 'exchanges'],
    ['bytesSent', isNumber, 'debts'],
    ['bytesReceived', isNumber, 'debts'],
    ['sendQueue.size', isNumber, 'exchanges of peers that have disconnected'],
  ],
}

/** Of a stream. Without them, a message counts as sent when it was passed to `send`. */
export const streamInternals: Internals = {
  object: 'stream',
  knownFrom: 'libp2p 3',
  fields: [
    ['sendData', isFunction, 'messages that stay in a buffer'],
    ['writeBufferLength', isNumber, 'messages that stay in a buffer'],
  ],
}

/** Of a kad-dht. */
export const dhtInternals: Internals = {
  object: 'dht',
  knownFrom: '@libp2p/kad-dht 16',
  fields: [
    ['contentRouting.provide', isFunction, 'advertisements over this DHT'],
    ['reprovider.shouldReprovide', isFunction, 'advertisements that were skipped'],
  ],
}

/** Of Helia's routing. */
export const routingInternals: Internals = {
  object: 'helia.routing',
  knownFrom: 'helia 7',
  fields: [
    ['routers', Array.isArray, 'advertisements by the routers of now'],
    ['addRouter', isFunction, 'advertisements by routers that are added later'],
  ],
}

/** The fields that an object lacks, with what is not exported without them. */
export function missingInternals(object: unknown, internals: Internals): string[] {
  return internals.fields
    .filter(([path, isExpected]) => !isExpected(path.split('.').reduce(safeGet, object)))
    .map(([path, , feeds]) => `${internals.object}.${path} (${feeds})`)
}

/** Logs once what an object lacks, in one message. */
export function logMissing(object: unknown, internals: Internals, logOnce: LogOnce): void {
  const missing = missingInternals(object, internals)
  if (missing.length === 0) return
  const list = missing.join(', ')
  logOnce.warn(
    `missing ${list}`,
    `this node lacks what is known from ${internals.knownFrom}: ${list}; these are not exported, the rest is; ${WHAT_TO_DO}`,
  )
}
