import type { OptionCheck } from '@tidegauge/core'

/** Limits for clients. Where one is reached, the answer is a status in the 400s or 503, or a closed connection. */
export interface Limits {
  /** The most connections at once. Default: 64. Beyond it, the least useful one is closed for each new one. */
  readonly maxConnections: number
  /** The most scrapes at once. Default: 40. Beyond it, a scrape gets 503 unless another one is stalled. */
  readonly maxScrapes: number
  /** The most bytes of request line and headers. Default: 16,384. Beyond it, the answer is 431. */
  readonly maxHeaderBytes: number
  /** The most headers of a request. Default: 100. Beyond it, the answer is 431. */
  readonly maxHeaders: number
  /** How long a client may take to send its headers, or for its TLS handshake. Default: 3,000. */
  readonly headersTimeoutMs: number
  /** How long a client may take to send its whole request. Default: 5,000. */
  readonly requestTimeoutMs: number
  /** How long a client may read no byte of its answer. Default: 3,000. */
  readonly clientTimeoutMs: number
}

const defaultLimits: Limits = {
  maxConnections: 64,
  maxScrapes: 40,
  maxHeaderBytes: 16_384,
  maxHeaders: 100,
  headersTimeoutMs: 3_000,
  requestTimeoutMs: 5_000,
  clientTimeoutMs: 3_000,
}

const minLimits: Limits = {
  maxConnections: 1,
  maxScrapes: 1,
  maxHeaderBytes: 1_024,
  maxHeaders: 8,
  headersTimeoutMs: 100,
  requestTimeoutMs: 100,
  clientTimeoutMs: 100,
}

/** Checks the limits. Adds issues to `check`. */
export function parseLimits(check: OptionCheck, given: unknown): Limits {
  const names = Object.keys(defaultLimits) as (keyof Limits)[]
  const limits = check.object('limits', given, names)
  return Object.fromEntries(
    names.map((name) => [
      name,
      check.integer(`limits.${name}`, limits[name], defaultLimits[name], minLimits[name], 2 ** 31 - 1),
    ]),
  ) as unknown as Limits
}
