/**
 * The parts of js-libp2p 3 that this plugin uses, as small types of its own: the package neither imports libp2p nor
 * makes its users install it. What libp2p's types declare private is optional here, since another version may lack it;
 * `internals.ts` lists it.
 */
import type { Direction } from '../direction.js'

/** An object with event listeners. */
export interface EventSourceLike {
  addEventListener(type: string, listener: (event: Event) => void, options?: { once?: boolean }): void
  removeEventListener(type: string, listener: (event: Event) => void): void
}

/** A stream, or the connection of a transport: both are message streams in libp2p 3. */
export interface MessageStreamLike extends EventSourceLike {
  readonly direction: Direction
  readonly status: string
  readonly readBufferLength: number
  readonly writeBufferLength: number
  readonly send: (data: never) => boolean
  readonly dispatchEvent: (event: never) => boolean
  /** Of `AbstractMessageStream`: takes data as it arrives, once. */
  readonly onData?: (data: never) => void
  /** Of `AbstractMessageStream`: passes data to the layer below. */
  readonly sendData?: (data: never) => { readonly sentBytes: number }
}

/** A stream of a protocol. */
export interface StreamLike extends MessageStreamLike {
  /** Empty while the stream still negotiates. */
  readonly protocol: string
  readonly abort?: (error: Error) => void
}

/** A multiaddr. */
export interface AddressLike {
  toString(): string
}

/** A transport's connection, before it is encrypted and multiplexed. */
export interface TransportConnectionLike extends MessageStreamLike {
  readonly remoteAddr: AddressLike
  /** When it was opened, in milliseconds since the Unix epoch. */
  readonly timeline: { readonly open: number }
  /** Of WebRTC: the peer connection. */
  readonly peerConnection?: object
}

/** An upgraded connection. */
export interface ConnectionLike {
  readonly direction: Direction
  readonly status: string
  readonly remoteAddr: AddressLike
  readonly streams: readonly StreamLike[]
  /** The same object as that of the transport's connection below. */
  readonly timeline: { readonly open: number }
  readonly multiplexer?: string
  readonly maConn?: TransportConnectionLike
  readonly muxer?: EventSourceLike & { readonly createStream?: (...args: never[]) => unknown }
  readonly newStream?: (...args: never[]) => unknown
}

/** The connection manager. */
export interface ConnectionManagerLike {
  getConnections(): readonly ConnectionLike[]
  getMaxConnections?(): number
  getDialQueue?(): readonly unknown[]
  openConnection?(peer: never, options: never): Promise<unknown>
  readonly acceptIncomingConnection?: (connection: TransportConnectionLike) => boolean
  readonly incomingPendingConnections?: number
  readonly maxIncomingPendingConnections?: number
  readonly outboundPendingConnections?: number
  readonly dialQueue?: { readonly maxDialQueueLength?: number }
  readonly deny?: readonly { contains(host: string): boolean }[]
  readonly inboundConnectionRateLimiter?: {
    readonly points?: number
    get?(host: string): { readonly consumedPoints: number } | undefined
  }
}

type StreamLimit = 'maxInboundStreams' | 'maxOutboundStreams'

/** The registrar, which has the handlers of protocols. */
export interface RegistrarLike {
  getProtocols(): readonly string[]
  getHandler(protocol: string): { readonly options: Partial<Record<StreamLimit, number>> }
}

/** A listener of a transport. */
export interface ListenerLike {
  getAddrs(): readonly AddressLike[]
  /** Of the WebRTC-direct listener: its peer connections, in every state. */
  readonly connections?: Map<string, object>
}

/** The transport manager. */
export interface TransportManagerLike {
  getListeners(): readonly ListenerLike[]
  getTransports(): readonly object[]
}

/** The transport WebRTC-direct. */
export interface WebrtcDirectLike {
  readonly certInit?: {
    readonly certificate?: unknown
    readonly certificateLifespan?: number
    readonly certificateRenewalThreshold?: number
  }
}

/** The relay server of circuit-relay-v2. */
export interface RelayServerLike {
  readonly reservations?: { readonly size?: number }
  readonly reservationStore?: { readonly maxReservations?: number }
}

/** The upgrader. */
export interface UpgraderLike {
  getStreamMuxers?(): ReadonlyMap<string, unknown>
  upgradeInbound?(connection: never, options: never): Promise<void>
}

/** What libp2p passes to the factories of its components. It throws for a component that is not there (yet). */
export interface ComponentsLike {
  readonly events?: EventSourceLike
  readonly connectionManager?: ConnectionManagerLike
  readonly registrar?: RegistrarLike
  readonly transportManager?: TransportManagerLike
  readonly addressManager?: { getAddresses(): readonly AddressLike[] }
  readonly upgrader?: UpgraderLike
  /** All components, with the application's services among them. */
  readonly components?: Readonly<Record<string, unknown>>
  isStarted?(): boolean
  metrics?: unknown
}

/** The part of a js-libp2p node that the plugin needs. Any `Libp2p` fits. */
export interface ObservableNode extends EventSourceLike {
  getConnections(): readonly ConnectionLike[]
  getProtocols(): readonly string[]
  getMultiaddrs(): readonly AddressLike[]
  getDialQueue?(): readonly unknown[]
  readonly status?: string
  metrics?: unknown
}

/** The connection in an event of the node. */
export function connectionOf(event: Event): ConnectionLike {
  return (event as CustomEvent<ConnectionLike>).detail
}
