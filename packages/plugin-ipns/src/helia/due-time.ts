import type { RecordTimes } from '../codec/record-times.js'

const HOUR_MS = 3_600_000

// `@helia/ipns` does not export these (src/constants.ts): DHT_EXPIRY_MS, REPUBLISH_THRESHOLD,
// DEFAULT_REPUBLISH_INTERVAL_MS
const DHT_EXPIRY_MS = 48 * HOUR_MS
const REPUBLISH_THRESHOLD_MS = 24 * HOUR_MS

/** Helia's default time between the end of one run of the republisher and the start of the next. */
export const DEFAULT_REPUBLISH_INTERVAL_MS = HOUR_MS

/**
 * When a record becomes due, in milliseconds since the Unix epoch: a day before the DHT deletes it, or a day before it
 * is no longer valid. From then on the republisher signs and publishes it again.
 * Source: `shouldRepublish` of `@helia/ipns` (src/utils.ts).
 */
export function dueTime({ createdMs, validUntilMs }: RecordTimes): number {
  return Math.min(createdMs + DHT_EXPIRY_MS, validUntilMs) - REPUBLISH_THRESHOLD_MS
}
