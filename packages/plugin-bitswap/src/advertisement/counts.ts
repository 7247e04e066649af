/** Where a provider record is advertised: over a DHT of the node, or by a router that is not a DHT. */
export type AdvertisementTarget = 'dht' | 'delegated'

/** The advertisements to one target since counting started. */
export interface TargetTotals {
  /** Advertisements that a peer or router accepted. */
  readonly success: number
  /** Advertisements that ended without being accepted: refused, aborted, or without a peer to send them to. */
  readonly failure: number
  /** Time of the last success, in Unix milliseconds. Absent before the first. */
  readonly lastSuccessMs?: number
}

/** A node's provider advertisements since counting started. */
export interface AdvertisementTotals {
  readonly dht: TargetTotals
  readonly delegated: TargetTotals
  /** Requests that an auto-provider left out because the minimum interval between two had not passed. */
  readonly skipped: number
  /** Start of the last attempt, however it ended, in Unix milliseconds. Absent before the first. */
  readonly lastAttemptMs?: number
}

/** Counts advertisements. */
export class AdvertisementCounts implements AdvertisementTotals {
  readonly dht: TargetTotals = { success: 0, failure: 0 }
  readonly delegated: TargetTotals = { success: 0, failure: 0 }
  skipped = 0
  lastAttemptMs?: number

  /** An advertisement starts. */
  attempt(atMs: number): void {
    this.lastAttemptMs = atMs
  }

  /** An advertisement was accepted. */
  success(target: AdvertisementTarget, atMs: number): void {
    const totals: Writable<TargetTotals> = this[target]
    totals.success++
    totals.lastSuccessMs = atMs
  }

  /** An advertisement ended without being accepted. */
  failure(target: AdvertisementTarget): void {
    const totals: Writable<TargetTotals> = this[target]
    totals.failure++
  }

  /** Requests were left out because of the minimum interval of an auto-provider. */
  skip(count = 1): void {
    this.skipped += count
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }
