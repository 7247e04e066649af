import type {
  ConnectionLike,
  Direction,
  MessageStreamLike,
  StreamLike,
  TransportConnectionLike,
} from '../node/shapes.js'
import type { ProtocolBook, ProtocolEntry } from './protocol-book.js'
import { MethodWrapper, type ByteCell, type Since } from './tap.js'

const ENDED: ReadonlySet<string> = new Set(['closed', 'aborted', 'reset'])

/** Where a stream has agreed on none. */
const UNKNOWN_PROTOCOL = 'unknown'

/**
 * Everything that is counted about one node: bytes, streams and connections.
 *
 * Totals are plain numbers that live as long as the plugin, so that counting may begin with the node, before
 * there is a host.
 */
export class Meter {
  /** Bytes of the transports' own connections. */
  readonly transport: ByteCell = { in: 0, out: 0 }
  readonly protocols: ProtocolBook
  readonly opened: Record<Direction, number> = { inbound: 0, outbound: 0 }
  readonly closed: Record<Direction, number> = { inbound: 0, outbound: 0 }
  readonly #taps = new WeakMap<object, MethodWrapper>()
  /** Of connections that were counted from their birth, by what they share with the connection above. */
  readonly #tapByTimeline = new WeakMap<object, MethodWrapper>()
  readonly #natives = new Set<ConnectionLike>()
  readonly #connections = new Set<ConnectionLike>()
  readonly #removals = new Map<object, () => void>()
  #isWatching = true
  /** Whether {@link letGo} finds the taps again: for a node that must be left as it was. */
  #isRemovable = false

  constructor(protocols: ProtocolBook) {
    this.protocols = protocols
  }

  /** Counts what comes from now on; `removable` for a node that is left as it was by {@link letGo}. */
  watch(taps: 'removable' | 'permanent'): void {
    this.#isWatching = true
    this.#isRemovable = taps === 'removable'
  }

  /** Counts a transport's connection, unless it rides on a stream of another one, which is counted already. */
  trackTransport(connection: TransportConnectionLike, since: Since = 'birth'): void {
    if (!this.#isWatching || this.#taps.has(connection) || isRelayed(connection)) return
    const tap = this.#tap(connection, this.transport, since)
    if (since === 'birth') this.#tapByTimeline.set(connection.timeline, tap)
    if (this.#isRemovable && !ENDED.has(connection.status)) this.#removeLater(connection, tap, () => {})
  }

  /** Counts a stream under its protocol. */
  trackStream(stream: StreamLike, since: Since = 'birth'): void {
    if (!this.#isWatching || this.#taps.has(stream)) return
    const entry = this.protocols.entry(stream.protocol === '' ? UNKNOWN_PROTOCOL : stream.protocol)
    const tap = this.#tap(stream, this.#isNative(stream) ? entry.native : entry.carried, since)
    entry.opened[stream.direction]++
    if (ENDED.has(stream.status)) entry.closed[stream.direction]++
    else this.#onStreamEnd(stream, entry, tap)
  }

  /** Counts an upgraded connection, and finds out where its bytes are counted. */
  trackConnection(connection: ConnectionLike, muxers: ReadonlyMap<string, unknown> | undefined): void {
    if (this.#connections.has(connection)) return
    this.opened[connection.direction]++
    if (ENDED.has(connection.status)) {
      this.closed[connection.direction]++
      return
    }
    this.#connections.add(connection)
    if (this.#bringsOwnStreams(connection, muxers)) this.#natives.add(connection)
  }

  connectionEnded(connection: ConnectionLike): void {
    this.#natives.delete(connection)
    if (this.#connections.delete(connection)) this.closed[connection.direction]++
  }

  /**
   * Counts nothing more, and takes every removable tap off. What lived counts as closed, so that what was opened
   * less what was closed is what is watched.
   */
  letGo(): void {
    this.#isWatching = false
    for (const remove of this.#removals.values()) remove()
    for (const connection of this.#connections) this.connectionEnded(connection)
  }

  /** Bytes by direction that the node moved: of its transports, and of streams with nothing below. */
  total(): ByteCell {
    const total = { in: this.transport.in, out: this.transport.out }
    for (const { native } of this.protocols.entries()) {
      total.in += native.in
      total.out += native.out
    }
    return total
  }

  #tap(stream: MessageStreamLike, cell: ByteCell, since: Since): MethodWrapper {
    const tap = new MethodWrapper(stream, cell, since)
    this.#taps.set(stream, tap)
    return tap
  }

  #onStreamEnd(stream: StreamLike, entry: ProtocolEntry, tap: MethodWrapper): void {
    const { direction } = stream
    if (this.#isRemovable) this.#removeLater(stream, tap, () => entry.closed[direction]++)
    else stream.addEventListener('close', () => entry.closed[direction]++, { once: true })
  }

  #removeLater(stream: MessageStreamLike, tap: MethodWrapper, onEnd: () => void): void {
    const ended = (): void => {
      this.#removals.delete(stream)
      onEnd()
    }
    stream.addEventListener('close', ended, { once: true })
    this.#removals.set(stream, () => {
      stream.removeEventListener('close', ended)
      tap.remove()
      this.#taps.delete(stream)
      ended()
    })
  }

  #isNative(stream: StreamLike): boolean {
    for (const connection of this.#natives) if (connection.streams.includes(stream)) return true
    return false
  }

  /**
   * WebRTC and QUIC bring their own streams and leave their connection object silent: its multiplexer is none
   * of those that the node puts on top of a connection, and no byte of the negotiation went through it.
   */
  #bringsOwnStreams(connection: ConnectionLike, muxers: ReadonlyMap<string, unknown> | undefined): boolean {
    if (connection.multiplexer === undefined || muxers?.has(connection.multiplexer) === true) return false
    const tap = this.#tapByTimeline.get(connection.timeline)
    if (tap === undefined) return muxers !== undefined
    return tap.in + tap.out === 0
  }
}

/** Circuit relay connections are streams of another connection. (WebRTC ones that met over a relay are silent.) */
function isRelayed(connection: TransportConnectionLike): boolean {
  return String(connection.remoteAddr).includes('/p2p-circuit')
}
