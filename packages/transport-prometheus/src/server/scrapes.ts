import type { ServerResponse } from 'node:http'
import { breakConnection } from './break-connection.js'
import { observeClient, type ClientProgress } from './client-progress.js'

/** A scrape that is being answered. */
export interface Scrape {
  readonly response: ServerResponse
  readonly progress: ClientProgress
}

/** The scrapes of a transport. */
export interface Scrapes {
  readonly maxScrapes: number
  readonly clientTimeoutMs: number
  readonly active: Set<Scrape>
  /** How many wait for another one to finish. At most `maxScrapes`. */
  waiting: number
}

/** How long a scrape waits for another one to finish. */
const MAX_WAIT_MS = 2_000
/** A client that is stalled for less may be a scraper on a busy machine. */
const MIN_STALLED_MS = 500
const CHECK_INTERVAL_MS = 25

/**
 * Starts a scrape, after a wait while too many are active; undefined when none of them finishes.
 *
 * The scrape whose client has been stalled for the longest is aborted for a new one, so that clients that never read
 * lock nobody out.
 */
export async function startScrape(scrapes: Scrapes, response: ServerResponse): Promise<Scrape | undefined> {
  const { active, maxScrapes } = scrapes
  scrapes.waiting++
  for (
    let waitedMs = 0;
    active.size >= maxScrapes && !abortStalledScrape(active);
    waitedMs += CHECK_INTERVAL_MS
  ) {
    if (waitedMs >= MAX_WAIT_MS || scrapes.waiting > maxScrapes || response.destroyed) break
    await new Promise((resolve) => setTimeout(resolve, CHECK_INTERVAL_MS))
  }
  scrapes.waiting--
  if (active.size >= maxScrapes || response.destroyed) return undefined
  const scrape = { response, progress: observeClient(response, scrapes.clientTimeoutMs) }
  active.add(scrape)
  return scrape
}

/** Aborts the scrape that has been stalled for the longest; false when no client is stalled. */
function abortStalledScrape(active: Set<Scrape>): boolean {
  let stalled: Scrape | undefined
  let sinceMs = Infinity
  for (const scrape of active) {
    const { stalledSinceMs = Infinity } = scrape.progress
    if (stalledSinceMs >= sinceMs) continue
    stalled = scrape
    sinceMs = stalledSinceMs
  }
  if (stalled === undefined || performance.now() - sinceMs < MIN_STALLED_MS) return false
  breakConnection(stalled.response)
  return active.delete(stalled)
}
