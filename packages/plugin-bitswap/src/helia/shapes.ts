/**
 * The parts of Helia and @helia/bitswap that this plugin touches, as small shapes of its own: the package neither
 * imports them nor makes its users install them. What their types keep private is optional here, since another
 * version may lack it.
 */
import type { LedgerBytes } from '../ledgers/debts.js'
import type { CountingLedger } from '../ledgers/exchange-book.js'
import type { DecodedMessage } from '../traffic/received.js'
import type { DiallingNode } from '../traffic/dial-tap.js'
import type { WantEntry } from '../wants/want-ages.js'
import type { ConnectedNode } from './connected.js'

/** Anything that events can be heard from. */
export interface EventSourceLike {
  addEventListener(type: string, listener: (event: Event) => void): void
  removeEventListener(type: string, listener: (event: Event) => void): void
}

/** A Helia node, as far as the plugin needs it. Any Helia 7 fits, whether it has started or not. */
export interface HeliaLike {
  readonly status?: string
  readonly events?: EventSourceLike
  readonly routing?: unknown
  /** Throws, or is missing, before the node has started. */
  readonly libp2p?: unknown
  /** Public way to the node's components: a factory that is given here is called with them. */
  addRouter(router: (components: unknown) => { readonly name: string }): void
}

/** What Helia hands to the factories of its parts, as far as it is used here. */
export interface ComponentsLike {
  readonly blockBrokers?: unknown
}

export interface PeerIdLike {
  toString(): string
}

export interface LedgerLike extends LedgerBytes, CountingLedger {
  readonly peerId: PeerIdLike
  /** Its answers that are being sent. */
  readonly sendQueue?: { readonly size?: number }
}

export interface LedgerMapLike {
  readonly size: number
  get(peer: PeerIdLike): LedgerLike | undefined
  values(): Iterable<LedgerLike>
}

export interface NetworkLike extends EventSourceLike {
  readonly libp2p?: DiallingNode & ConnectedNode
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

/** What the network tells of each message that came in. */
export interface MessageDetail {
  readonly message: DecodedMessage
  readonly connection: { readonly remotePeer: PeerIdLike }
}
