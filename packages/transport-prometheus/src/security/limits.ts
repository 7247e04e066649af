import type { OptionCheck } from '@tidegauge/core'

/** What clients may cost. */
export interface Limits {
  /** Connections at once. Default 64; past it the oldest that is of least use is closed for a new one. */
  readonly maxConnections: number
  /** Scrapes under way at once. Default 40; past it 503, unless one of them stands still. */
  readonly maxScrapes: number
  /** Request line and headers. Default 16,384 bytes; past it 431. */
  readonly maxHeaderBytes: number
  /** Default 100; past it 431. */
  readonly maxHeaders: number
  /** How long a client may take for its headers, or its TLS handshake. Default 3,000. */
  readonly headersTimeoutMs: number
  /** How long a client may take for its whole request. Default 5,000. */
  readonly requestTimeoutMs: number
  /** How long a client may read nothing of its answer. Default 3,000. */
  readonly clientTimeoutMs: number
}

export const defaultLimits: Limits = {
  maxConnections: 64,
  maxScrapes: 40,
  maxHeaderBytes: 16_384,
  maxHeaders: 100,
  headersTimeoutMs: 3_000,
  requestTimeoutMs: 5_000,
  clientTimeoutMs: 3_000,
}

const least: Limits = {
  maxConnections: 1,
  maxScrapes: 1,
  maxHeaderBytes: 1_024,
  maxHeaders: 8,
  headersTimeoutMs: 100,
  requestTimeoutMs: 100,
  clientTimeoutMs: 100,
}

export function parseLimits(check: OptionCheck, given: unknown): Limits {
  const names = Object.keys(defaultLimits) as (keyof Limits)[]
  const limits = check.object('limits', given, names)
  return Object.fromEntries(
    names.map((name) => [
      name,
      check.integer(`limits.${name}`, limits[name], defaultLimits[name], least[name], 2 ** 31 - 1),
    ]),
  ) as unknown as Limits
}
