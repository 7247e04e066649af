/**
 * The parts of Helia, libp2p and @helia/bitswap that this plugin uses, as small types of its own: the package neither
 * imports them nor makes its users install them. What their types declare private is optional here, since another
 * version may lack it; `internals.ts` lists it.
 */
import type { LedgerBytes } from '../ledgers/debts.js'
import type { CountingLedger } from '../ledgers/exchange-counts.js'
import type { WantEntry } from '../wants/want-ages.js'

/** An object with event listeners. */
export interface EventSourceLike {
  addEventListener(type: string, listener: (event: Event) => void): void
  removeEventListener(type: string, listener: (event: Event) => void): void
}

/** The part of a Helia node that the plugin needs. Any Helia 7 fits, whether it has started or not. */
export interface HeliaLike {
  readonly status?: string
  readonly events?: EventSourceLike
  readonly routing?: unknown
  /** Throws, or is missing, before the node has started. */
  readonly libp2p?: unknown
  /** Public access to the node's components: a factory that is passed here is called with them. */
  addRouter(router: (components: unknown) => { readonly name: string }): void
}

/** A Helia node; or a function that returns the present one, for hosts that replace theirs. */
export type HeliaOption = HeliaLike | (() => HeliaLike | undefined)

/** What Helia passes to the factories of its parts. */
export interface ComponentsLike {
  readonly blockBrokers?: unknown
}

/** The id of a peer. */
export interface PeerIdLike {
  toString(): string
}

/** A ledger of @helia/bitswap. */
export interface LedgerLike extends LedgerBytes, CountingLedger {
  readonly peerId: PeerIdLike
  /** Its answers that are being sent. */
  readonly sendQueue?: { readonly size?: number }
}

/** The ledgers of @helia/bitswap, by peer. */
export interface LedgerMapLike {
  readonly size: number
  get(peer: PeerIdLike): LedgerLike | undefined
  values(): Iterable<LedgerLike>
}

/** The libp2p node under bitswap's network. */
export interface Libp2pLike {
  /** `starting`, `started`, `stopping` or `stopped`. */
  readonly status?: string
  readonly dialProtocol?: (...args: never[]) => Promise<unknown>
  readonly getConnections?: (peer: PeerIdLike) => { readonly length: number }
}

/** The network of @helia/bitswap. */
export interface NetworkLike extends EventSourceLike {
  readonly libp2p?: Libp2pLike
  readonly running?: boolean
  readonly sendQueue?: { readonly size?: number }
}

/** An instance of @helia/bitswap's `Bitswap`, which is not exported. */
export interface BitswapLike {
  readonly network?: NetworkLike
  readonly peerWantLists?: { readonly ledgerMap?: LedgerMapLike }
  readonly wantList?: {
    readonly wants?: ReadonlyMap<string, WantEntry>
    readonly peers?: { keys?(): Iterable<PeerIdLike> }
  }
}

/** A message as @helia/bitswap decodes it. */
export interface MessageLike {
  readonly blocks: readonly { readonly data?: { readonly byteLength: number } }[]
  readonly blockPresences: readonly { readonly type: string }[]
  readonly wantlist?: { readonly entries: readonly { readonly cancel?: boolean }[] } | undefined
}

/** The detail of the network's event `bitswap:message`. */
export interface MessageDetail {
  readonly message: MessageLike
  readonly connection: { readonly remotePeer: PeerIdLike }
}

/** A libp2p stream that messages are sent on. */
export interface StreamLike {
  readonly protocol?: string
  /** `open`, `closing`, `closed`, `aborted` or `reset`. */
  readonly status?: string
  readonly send: (data: never) => boolean
  /** Of `AbstractMessageStream`: passes data to the layer below. */
  readonly sendData: (data: never) => { readonly sentBytes: number }
  /** Bytes that were passed to `send` and not to the layer below. */
  readonly writeBufferLength: number
  addEventListener(type: 'close', listener: () => void): void
  removeEventListener(type: 'close', listener: () => void): void
}
