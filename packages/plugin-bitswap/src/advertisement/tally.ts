/** Where a provider record is advertised: over a DHT of the node, or by a router that is no DHT. */
export type AdvertisementTarget = 'dht' | 'delegated'

/** What became of the advertisements to one target since the tally was made. */
export interface TargetTotals {
  /** Advertisements that somebody took. */
  readonly success: number
  /** Advertisements that nobody took: refused, aborted, or without a peer to send them to. */
  readonly failure: number
  /** Time of the last success, in Unix milliseconds. Absent before the first. */
  readonly lastSuccessMs?: number
}

/** What became of a node's provider advertisements. Its counts never fall. */
export interface AdvertisementTotals {
  readonly dht: TargetTotals
  readonly delegated: TargetTotals
  /** Own provider records that a reprovide round left alone, because they were not due yet. */
  readonly skipped: number
  /** Start of the last attempt, whatever became of it, in Unix milliseconds. Absent before the first. */
  readonly lastAttemptMs?: number
}

/** Counts advertisements. It may outlive the nodes that it is fed by, so that its counts go on. */
export class AdvertisementTally implements AdvertisementTotals {
  readonly dht: TargetTotals = { success: 0, failure: 0 }
  readonly delegated: TargetTotals = { success: 0, failure: 0 }
  skipped = 0
  lastAttemptMs?: number
  readonly #sources = new WeakSet<object>()

  /** An advertisement begins. */
  attempt(atMs: number): void {
    this.lastAttemptMs = atMs
  }

  /** An advertisement was taken. */
  success(target: AdvertisementTarget, atMs: number): void {
    const totals: Writable<TargetTotals> = this[target]
    totals.success++
    totals.lastSuccessMs = atMs
  }

  /** An advertisement ended without anybody having taken it. */
  failure(target: AdvertisementTarget): void {
    const totals: Writable<TargetTotals> = this[target]
    totals.failure++
  }

  /** Own records were left alone. */
  skip(count = 1): void {
    this.skipped += count
  }

  /** Makes `source` feed this tally. False when it does already: fed twice, everything would count twice. */
  claim(source: object): boolean {
    if (this.#sources.has(source)) return false
    this.#sources.add(source)
    return true
  }

  /** `source` feeds this tally no more. */
  release(source: object): void {
    this.#sources.delete(source)
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }
