import type { ServerResponse } from 'node:http'
import { watchReader, type ReaderWatch } from './reader-watch.js'

/** A scrape under way. */
export interface Scrape {
  readonly response: ServerResponse
  readonly watch: ReaderWatch
}

/** The scrapes of a transport, at most so many at once. */
export interface Scrapes {
  readonly most: number
  readonly clientTimeoutMs: number
  readonly underWay: Set<Scrape>
  /** How many wait for a place. */
  waiting: number
}

/** How long a scrape waits for a place. */
const WAIT_MS = 2_000
/** Before a client counts as one that stands still: a scraper on a busy machine may pause. */
const STILL_MS = 500
const LOOK_EVERY_MS = 25

/**
 * Gives a scrape a place, if need be after a while; undefined when there is none.
 *
 * A scrape whose client has stood still for the longest is broken off for a new one, so that clients that never read
 * lock nobody out.
 */
export async function beginScrape(scrapes: Scrapes, response: ServerResponse): Promise<Scrape | undefined> {
  scrapes.waiting++
  for (
    let waitedMs = 0;
    scrapes.underWay.size >= scrapes.most && !makeRoom(scrapes);
    waitedMs += LOOK_EVERY_MS
  ) {
    // as many may wait as may be under way
    if (waitedMs >= WAIT_MS || scrapes.waiting > scrapes.most || response.destroyed) break
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
  scrapes.waiting--
  if (scrapes.underWay.size >= scrapes.most || response.destroyed) return undefined
  const scrape = { response, watch: watchReader(response, scrapes.clientTimeoutMs) }
  scrapes.underWay.add(scrape)
  return scrape
}

function makeRoom({ underWay }: Scrapes): boolean {
  let victim: Scrape | undefined
  for (const scrape of underWay)
    if ((scrape.watch.stalledSinceMs ?? Infinity) < (victim?.watch.stalledSinceMs ?? Infinity))
      victim = scrape
  const stillSinceMs = victim?.watch.stalledSinceMs ?? Infinity
  if (victim === undefined || performance.now() - stillSinceMs < STILL_MS) return false
  victim.response.destroy()
  return underWay.delete(victim)
}
