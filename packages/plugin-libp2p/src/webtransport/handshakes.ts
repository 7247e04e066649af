import { replaceMethod, type UndoList } from '@tidegauge/attach'
import type { ConnectionLike, ListenerLike } from '../node/shapes.js'

/** How many of the latest finished handshakes the mean is taken over. */
const RECENT = 100

/**
 * The handshakes of WebRTC-direct sessions.
 *
 * An incoming one begins with the peer's first packet, when the listener makes a peer connection for it; libp2p
 * itself speaks of a connection only after encryption. An outgoing one is known from its open data channel on.
 * Times are libp2p's own: `Date.now()`.
 */
export class Handshakes {
  readonly #begun = new WeakMap<object, number>()
  readonly #finished = new WeakSet<object>()
  readonly #tapped = new WeakSet<object>()
  readonly #recentSeconds: number[] = []

  /** Takes note of each peer connection that the listener makes from now on. */
  watch(listener: ListenerLike, undo: UndoList): void {
    const { connections } = listener
    if (!(connections instanceof Map) || this.#tapped.has(connections)) return
    for (const peer of connections.values()) this.#begun.set(peer, Date.now())
    const watching = (key: string, peer: object): Map<string, object> => {
      this.#begun.set(peer, Date.now())
      return Map.prototype.set.call(connections, key, peer) as Map<string, object>
    }
    const restore = replaceMethod(connections, 'set', watching)
    this.#tapped.add(connections)
    undo.add(() => {
      this.#tapped.delete(connections)
      restore()
    })
  }

  /** A session that was open before anybody watched: its handshake is over, how long it took is not known. */
  skip(connection: ConnectionLike): void {
    const peer = peerOf(connection)
    if (peer !== undefined) this.#finished.add(peer)
  }

  finished(connection: ConnectionLike): void {
    this.skip(connection)
    const begunMs = this.#begun.get(peerOf(connection) ?? connection) ?? connection.timeline.open
    this.#recentSeconds.push(Math.max(0, Date.now() - begunMs) / 1000)
    if (this.#recentSeconds.length > RECENT) this.#recentSeconds.shift()
  }

  meanSeconds(): number {
    return mean(this.#recentSeconds)
  }

  /** How long each unfinished handshake has waited, in seconds. */
  pendingSeconds(listeners: readonly ListenerLike[]): number[] {
    return listeners
      .flatMap(({ connections }) => (connections instanceof Map ? [...connections.values()] : []))
      .filter((peer) => !this.#finished.has(peer))
      .map((peer) => (Date.now() - (this.#begun.get(peer) ?? Date.now())) / 1000)
  }
}

/** The arithmetic mean; 0 of nothing. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The WebRTC peer connection below, which libp2p keeps private. */
function peerOf(connection: ConnectionLike): object | undefined {
  const below = connection.maConn as { readonly peerConnection?: unknown } | undefined
  const peer = below?.peerConnection
  return typeof peer === 'object' && peer !== null ? peer : undefined
}
