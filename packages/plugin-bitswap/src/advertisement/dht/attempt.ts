import { safeGet } from '@tidegauge/attach'
import type { Feed } from '../feed.js'
import type { OpenProvides } from '../open-provides.js'

/**
 * One provide over one DHT, from the first event that is asked for to its end.
 *
 * It succeeds with the first peer that took the record, whatever happens after that: an abort does not take the
 * record back. The libp2p kad-dht specification ("RPC messages") describes no answer to ADD_PROVIDER, and js-libp2p
 * waits for none (`Network.sendMessage` of `@libp2p/kad-dht`): a peer took the record when it agreed to the stream
 * and the record was written there. Whether it keeps the record, nobody is told.
 */
export class DhtAttempt {
  readonly #feed: Feed
  readonly #open: OpenProvides
  #state: 'waiting' | 'running' | 'over' = 'waiting'
  #close: (() => void) | undefined

  constructor(feed: Feed, open: OpenProvides) {
    this.#feed = feed
    this.#open = open
  }

  /** The caller asks for an event. Nothing happens before that in a generator. */
  requested(): void {
    if (this.#state !== 'waiting') return
    this.#state = 'running'
    this.#feed.tally.attempt(this.#feed.clock.now())
    this.#close = this.#open.begin()
  }

  /** The caller is given an event of the query. */
  yielded(event: unknown): void {
    if (this.#state !== 'running' || !isTaken(event)) return
    this.#over()
    this.#feed.tally.success('dht', this.#feed.clock.now())
  }

  /** The query has ended, failed, or was left by the caller. */
  ended(): void {
    if (this.#state !== 'running') return
    this.#over()
    this.#feed.tally.failure('dht')
  }

  #over(): void {
    this.#state = 'over'
    this.#close?.()
  }
}

/** Whether a query event says that a peer took a provider record. */
function isTaken(event: unknown): boolean {
  return safeGet(event, 'name') === 'PEER_RESPONSE' && safeGet(event, 'messageName') === 'ADD_PROVIDER'
}
