import type { RecordTimes } from '../codec/record.js'

const HOUR_MS = 3_600_000

// `@helia/ipns` does not export these (src/constants.ts): DHT_EXPIRY_MS, REPUBLISH_THRESHOLD,
// DEFAULT_REPUBLISH_INTERVAL_MS
const DHT_EXPIRY_MS = 48 * HOUR_MS
const REPUBLISH_THRESHOLD_MS = 24 * HOUR_MS

/** Time between the end of one run of the republisher and the next, unless `ipns(helia)` was told otherwise. */
export const DEFAULT_REPUBLISH_INTERVAL_MS = HOUR_MS

/**
 * From when on the republisher signs and publishes a record anew, in milliseconds since the Unix epoch: a day before
 * the DHT forgets it, or a day before it is no longer valid.
 * Source: `shouldRepublish` of `@helia/ipns` (src/utils.ts).
 */
export function dueMs({ createdMs, validUntilMs }: RecordTimes): number {
  return Math.min(createdMs + DHT_EXPIRY_MS, validUntilMs) - REPUBLISH_THRESHOLD_MS
}
