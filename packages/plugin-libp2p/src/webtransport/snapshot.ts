import type { Snapshot, Source } from '@tidegauge/core'
import type { webtransportRejections } from '../metrics.js'

/** Why a session was rejected. */
export type WebtransportRejection = (typeof webtransportRejections)[number]

/** Sessions, or seconds, by the state of the handshake. */
export interface ByHandshakeState {
  readonly ready: number
  readonly pending: number
}

/** Sessions and certificates now. What is left out is not exported, unless the plugin's options set it. */
export interface WebtransportSnapshot extends Snapshot {
  /** Certificate hashes that are announced now. */
  readonly currentHashes: readonly string[]
  /** Hashes of earlier certificates that are kept, the latest first. */
  readonly historyHashes: readonly string[]
  readonly sessions: ByHandshakeState
  /** Mean seconds of finished handshakes, and mean waiting time of unfinished ones; 0 without any. */
  readonly handshakeSeconds: ByHandshakeState
  /** Sessions rejected since the source was created. A reason that is left out counts as 0. */
  readonly rejections: Readonly<Partial<Record<WebtransportRejection, number>>>
  readonly maxSessions?: number
  /** Time between certificate rotations; 0 when no certificate is rotated. Unit: milliseconds. */
  readonly rotationIntervalMs?: number
  /** How many hashes of earlier certificates are kept. */
  readonly keepHistory?: number
  /** When the current certificate was first announced, in milliseconds since the Unix epoch. */
  readonly lastRotationMs?: number
}

/**
 * Where sessions and certificates of a WebTransport-like listener are read.
 *
 * The plugin has one for the WebRTC-direct listener of js-libp2p in Node.js. Implement one for a node of another kind,
 * such as Kubo, which has a WebTransport listener.
 */
export type WebtransportSource = Source<WebtransportSnapshot>
