/**
 * The parts of js-libp2p 3 that this plugin touches, as small shapes of its own: the package neither imports
 * libp2p nor makes its users install it. Members that libp2p's own types keep private are optional here, since
 * another version may lack them.
 */

export type Direction = 'inbound' | 'outbound'

/** Both directions, in the order in which they are written. */
export const directions: readonly Direction[] = ['inbound', 'outbound']

/** Anything that events can be heard from. */
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
  /** Of `AbstractMessageStream`: data as it arrives, once. */
  readonly onData?: (data: never) => void
  /** Of `AbstractMessageStream`: data as it leaves for the layer below. */
  readonly sendData?: (data: never) => { readonly sentBytes: number }
}

export interface StreamLike extends MessageStreamLike {
  readonly protocol: string
}

export interface TimelineLike {
  readonly open: number
}

export interface AddressLike {
  toString(): string
}

/** A transport's connection, before it is encrypted and multiplexed. */
export interface TransportConnectionLike extends MessageStreamLike {
  readonly remoteAddr: AddressLike
  readonly timeline: TimelineLike
}

/** An upgraded connection. */
export interface ConnectionLike {
  readonly direction: Direction
  readonly status: string
  readonly remoteAddr: AddressLike
  readonly streams: readonly StreamLike[]
  /** The same object as the one of the transport's connection below. */
  readonly timeline: TimelineLike
  readonly multiplexer?: string
  readonly maConn?: TransportConnectionLike
}

export interface ConnectionManagerLike {
  getConnections(): readonly ConnectionLike[]
  getMaxConnections?(): number
  getDialQueue?(): readonly unknown[]
  readonly acceptIncomingConnection?: (connection: TransportConnectionLike) => boolean
  readonly incomingPendingConnections?: number
  readonly maxIncomingPendingConnections?: number
  readonly outboundPendingConnections?: number
  readonly dialQueue?: { readonly maxDialQueueLength?: number }
  readonly deny?: readonly { contains(host: string): boolean }[]
  readonly inboundConnectionRateLimiter?: RateLimiterLike
}

export interface RateLimiterLike {
  readonly points?: number
  get?(host: string): { readonly consumedPoints: number } | undefined
}

export interface RegistrarLike {
  getProtocols(): readonly string[]
  getHandler(protocol: string): {
    readonly options: { readonly maxInboundStreams?: number; readonly maxOutboundStreams?: number }
  }
}

export interface ListenerLike {
  getAddrs(): readonly AddressLike[]
  /** Of the WebRTC-direct listener: its peer connections, whatever their state. */
  readonly connections?: Map<string, object>
}

export interface TransportManagerLike {
  getListeners(): readonly ListenerLike[]
  getTransports(): readonly object[]
}

/** What libp2p hands to the factories of its components, as far as it is used here. */
export interface ComponentsLike {
  readonly events?: EventSourceLike
  readonly connectionManager?: ConnectionManagerLike
  readonly registrar?: RegistrarLike
  readonly transportManager?: TransportManagerLike
  readonly addressManager?: { getAddresses(): readonly AddressLike[] }
  readonly upgrader?: { getStreamMuxers?(): ReadonlyMap<string, unknown> }
  /** The bag itself, with the host's services among the rest. */
  readonly components?: Readonly<Record<string, unknown>>
  isStarted?(): boolean
  metrics?: unknown
}

/** The connection that an event of the node is about. */
export function connectionOf(event: Event): ConnectionLike {
  return (event as CustomEvent<ConnectionLike>).detail
}

/** A js-libp2p node, as far as {@link Libp2pPlugin.observe} needs it. Any `Libp2p` fits. */
export interface ObservableNode extends EventSourceLike {
  getConnections(): readonly ConnectionLike[]
  getProtocols(): readonly string[]
  getMultiaddrs(): readonly AddressLike[]
  getDialQueue?(): readonly unknown[]
  readonly status?: string
  metrics?: unknown
}
