import type { Undo } from '@tidegauge/attach'
import type { ProtocolCounts } from '../bandwidth/traffic-counts.js'
import type { TrafficCounts } from '../bandwidth/traffic-counts.js'
import type { ByDirection } from '../direction.js'
import { ConnectionStreams } from './connection-streams.js'
import { ByteTap, type Since } from './byte-tap.js'
import type { ShapeCheck } from './shape-check.js'
import type { ConnectionLike, MessageStreamLike, StreamLike, TransportConnectionLike } from './shapes.js'

const ENDED: ReadonlySet<string> = new Set(['closed', 'aborted', 'reset'])

/** The protocol of a stream that has agreed on none. */
const UNKNOWN_PROTOCOL = 'unknown'

/** Counts the bytes, streams and connections of one node. */
export class TrafficWatcher {
  readonly #counts: TrafficCounts
  readonly #shape: ShapeCheck
  readonly #taps = new WeakMap<object, ByteTap>()
  /** Of connections that were counted from their creation, by what they share with the connection above. */
  readonly #tapByTimeline = new WeakMap<object, ByteTap>()
  /** Native connections whose streams cannot be watched: they are searched for each stream. */
  readonly #natives = new Set<ConnectionLike>()
  readonly #connections = new Map<ConnectionLike, Undo>()
  readonly #streams = new ConnectionStreams((protocol, direction) => {
    this.#counts.protocol(protocol).refused[direction]++
  })
  readonly #removals = new Map<object, () => void>()
  #isWatching = true
  /** Whether {@link stop} removes the taps: those of a node that must be restored. */
  #isRemovable = false

  constructor(counts: TrafficCounts, shape: ShapeCheck) {
    this.#counts = counts
    this.#shape = shape
  }

  /** Counts from now on; `removable` for a node that is restored by {@link stop}. */
  start(taps: 'removable' | 'permanent'): void {
    this.#isWatching = true
    this.#isRemovable = taps === 'removable'
  }

  /** Counts a transport's connection, unless it is a stream of another connection, which is counted already. */
  trackTransport(connection: TransportConnectionLike, since: Since = 'creation'): void {
    if (!this.#isWatching || this.#taps.has(connection) || !this.#shape.isKnownStream(connection)) return
    if (isRelayed(connection)) return
    const tap = this.#tap(connection, this.#counts.transport, since)
    if (since === 'creation') this.#tapByTimeline.set(connection.timeline, tap)
    if (this.#isRemovable && !ENDED.has(connection.status)) this.#addRemoval(connection, tap, () => {})
  }

  /** Counts a stream under its protocol. */
  trackStream(stream: StreamLike, since: Since = 'creation'): void {
    if (!this.#isWatching || this.#taps.has(stream) || !this.#shape.isKnownStream(stream)) return
    this.#streams.accepted(stream)
    const counts = this.#counts.protocol(stream.protocol === '' ? UNKNOWN_PROTOCOL : stream.protocol)
    const tap = this.#tap(stream, this.#isNative(stream) ? counts.native : counts.carried, since)
    counts.opened[stream.direction]++
    if (ENDED.has(stream.status)) counts.closed[stream.direction]++
    else this.#onStreamEnd(stream, counts, tap)
  }

  /** Counts an upgraded connection, and finds out where its bytes are counted. */
  connectionOpened(connection: ConnectionLike, muxers: ReadonlyMap<string, unknown> | undefined): void {
    if (this.#connections.has(connection)) return
    const { opened, closed } = this.#counts.connections
    opened[connection.direction]++
    if (ENDED.has(connection.status)) {
      closed[connection.direction]++
      return
    }
    const isNative = this.#hasOwnStreams(connection, muxers)
    if (ConnectionStreams.canWatch(connection)) {
      const settings = { isNative, isRemovable: this.#isRemovable }
      this.#connections.set(connection, this.#streams.watch(connection, settings))
    } else {
      this.#connections.set(connection, () => {})
      if (isNative) this.#natives.add(connection)
    }
  }

  connectionClosed(connection: ConnectionLike): void {
    this.#natives.delete(connection)
    this.#connections.get(connection)?.()
    if (this.#connections.delete(connection)) this.#counts.connections.closed[connection.direction]++
  }

  /**
   * Counts nothing more, and removes every removable tap. What is open counts as closed, so that the number opened
   * minus the number closed is the number watched.
   */
  stop(): void {
    this.#isWatching = false
    for (const remove of this.#removals.values()) remove()
    for (const connection of this.#connections.keys()) this.connectionClosed(connection)
    this.#streams.stop()
  }

  #tap(stream: MessageStreamLike, counts: ByDirection, since: Since): ByteTap {
    const tap = new ByteTap(stream, counts, since)
    this.#taps.set(stream, tap)
    return tap
  }

  #onStreamEnd(stream: StreamLike, { closed }: ProtocolCounts, tap: ByteTap): void {
    const { direction } = stream
    if (this.#isRemovable) this.#addRemoval(stream, tap, () => closed[direction]++)
    else stream.addEventListener('close', () => closed[direction]++, { once: true })
  }

  #addRemoval(stream: MessageStreamLike, tap: ByteTap, onEnd: () => void): void {
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
    if (this.#streams.isNative(stream)) return true
    for (const connection of this.#natives) if (connection.streams.includes(stream)) return true
    return false
  }

  /**
   * WebRTC and QUIC have streams of their own, and nothing passes through their connection object: its multiplexer is
   * not one of those that the node runs over a connection, and no byte of the negotiation passed through it.
   */
  #hasOwnStreams(connection: ConnectionLike, muxers: ReadonlyMap<string, unknown> | undefined): boolean {
    if (connection.multiplexer === undefined || muxers?.has(connection.multiplexer) === true) return false
    const tap = this.#tapByTimeline.get(connection.timeline)
    if (tap === undefined) return muxers !== undefined
    return tap.inbound + tap.outbound === 0
  }
}

/** A circuit relay connection is a stream of another connection. (Nothing passes through a WebRTC one over a relay.) */
function isRelayed(connection: TransportConnectionLike): boolean {
  return String(connection.remoteAddr).includes('/p2p-circuit')
}
