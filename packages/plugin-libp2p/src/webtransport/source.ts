import type { webtransportRejections } from '../metrics.js'

/** Why a session was turned away. */
export type WebtransportRejection = (typeof webtransportRejections)[number]

/** Sessions, or seconds, by the state of the handshake. */
export interface ByHandshakeState {
  readonly ready: number
  readonly pending: number
}

/** What a source tells at one moment. What it leaves out is not exported, unless the plugin's options say it. */
export interface WebtransportSnapshot {
  /** Certificate hashes that are announced now. */
  readonly currentHashes: readonly string[]
  /** Hashes of earlier certificates that are kept, the latest first. */
  readonly historyHashes: readonly string[]
  readonly sessions: ByHandshakeState
  /** Mean seconds of finished handshakes, and of the waiting of unfinished ones; 0 without any. */
  readonly handshakeSeconds: ByHandshakeState
  /** Sessions turned away since the source began. A reason that is left out counts as 0. */
  readonly rejections: Readonly<Partial<Record<WebtransportRejection, number>>>
  readonly maxSessions?: number
  /** 0 when no certificate is rotated. */
  readonly rotationIntervalMs?: number
  readonly keepHistory?: number
  /** When the current certificate was first announced, in milliseconds since the Unix epoch. */
  readonly lastRotationMs?: number
}

/**
 * Tells of the sessions and certificates of a WebTransport-like listener.
 *
 * The plugin brings one for the WebRTC-direct listener of js-libp2p in Node.js. Pass another
 * (`webtransport: { source }`) for a node of another kind, such as Kubo, which has a WebTransport listener.
 */
export interface WebtransportSource {
  /** Begins to watch. May be called again after {@link stop}. */
  start?(): void | Promise<void>
  /** Called at each collect pass. May fail; the last values are kept then. */
  read(): WebtransportSnapshot | Promise<WebtransportSnapshot>
  /** Stops watching. */
  stop?(): void | Promise<void>
}
