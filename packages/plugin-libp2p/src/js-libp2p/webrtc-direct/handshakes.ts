import { replaceMethod, type UndoList } from '@tidegauge/attach'
import type { ConnectionLike, ListenerLike } from '../shapes.js'

/** How many of the latest finished handshakes the mean is taken over. */
const RECENT = 100

/**
 * The handshakes of WebRTC-direct sessions.
 *
 * An incoming one starts with the peer's first packet, when the listener creates a peer connection for it; libp2p
 * itself has a connection only after encryption. An outgoing one is known from its open data channel on. Times are
 * libp2p's own: `Date.now()`.
 */
export class Handshakes {
  readonly #startedMs = new WeakMap<object, number>()
  readonly #finished = new WeakSet<object>()
  readonly #watched = new WeakSet<object>()
  readonly #recentSeconds: number[] = []

  /** Notes each peer connection that the listener creates from now on. */
  watch(listener: ListenerLike, undo: UndoList): void {
    const { connections } = listener
    if (!(connections instanceof Map) || this.#watched.has(connections)) return
    for (const peer of connections.values()) this.#startedMs.set(peer, Date.now())
    const noting = (key: string, peer: object): Map<string, object> => {
      this.#startedMs.set(peer, Date.now())
      return Map.prototype.set.call(connections, key, peer) as Map<string, object>
    }
    const restore = replaceMethod(connections, 'set', noting)
    this.#watched.add(connections)
    undo.add(() => {
      this.#watched.delete(connections)
      restore()
    })
  }

  /** A session that was open already: its handshake is over, and how long it took is not known. */
  skip({ maConn }: ConnectionLike): void {
    if (maConn?.peerConnection !== undefined) this.#finished.add(maConn.peerConnection)
  }

  finished(connection: ConnectionLike): void {
    this.skip(connection)
    const peer = connection.maConn?.peerConnection ?? connection
    const startedMs = this.#startedMs.get(peer) ?? connection.timeline.open
    this.#recentSeconds.push(Math.max(0, Date.now() - startedMs) / 1000)
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
      .map((peer) => (Date.now() - (this.#startedMs.get(peer) ?? Date.now())) / 1000)
  }
}

/** The arithmetic mean; 0 of nothing. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
