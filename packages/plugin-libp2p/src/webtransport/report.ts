import type { Handles } from '@tidegauge/core'
import { webtransportRejections, type instruments } from '../metrics.js'
import type { WebtransportSnapshot } from './source.js'

/** What the host's options say, over what the source tells. */
export interface WebtransportSettings {
  readonly rotationIntervalMs?: number
  readonly keepHistory?: number
  readonly maxSessions?: number
}

/** Tells one snapshot. */
export function reportWebtransport(
  snapshot: WebtransportSnapshot,
  settings: WebtransportSettings,
  to: Handles<typeof instruments>,
): void {
  for (const hash of snapshot.currentHashes) to.certHash.set({ state: 'current', hash }, 1)
  for (const hash of snapshot.historyHashes) to.certHash.set({ state: 'history', hash }, 1)
  for (const state of ['ready', 'pending'] as const) {
    to.sessions.set({ state }, snapshot.sessions[state])
    to.handshakeSeconds.set({ state }, snapshot.handshakeSeconds[state])
  }
  for (const reason of webtransportRejections)
    to.rejections.setTotal({ reason }, snapshot.rejections[reason] ?? 0)
  setWhenKnown(to.maxSessions, settings.maxSessions ?? snapshot.maxSessions)
  setWhenKnown(to.rotationInterval, settings.rotationIntervalMs ?? snapshot.rotationIntervalMs, 1000)
  setWhenKnown(to.rotationKeepHistory, settings.keepHistory ?? snapshot.keepHistory)
  setWhenKnown(to.lastRotation, snapshot.lastRotationMs, 1000)
}

function setWhenKnown(gauge: { set(value: number): void }, value: number | undefined, per = 1): void {
  if (value !== undefined) gauge.set(value / per)
}
