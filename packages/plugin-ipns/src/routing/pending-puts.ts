import type { Clock } from '@tidegauge/core'

/** After this time without an answer, a router or a run hangs. A query of kad-dht gives up after three minutes. */
export const MAX_ANSWER_MS = 300_000

/** How many puts are remembered; more that hang would add nothing to the message. */
const MAX_PUTS = 1_000

interface PendingPut {
  readonly router: string
  readonly startedMs: number
  readonly isForwarded: boolean
}

/** The records that routers were handed and have not answered yet. */
export class PendingPuts {
  readonly #clock: Clock
  readonly #pending = new Set<PendingPut>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * A router was handed a record. `isForwarded`: it only passes the record on to other routers. Call the returned
   * function when it has answered.
   */
  start(router: string, isForwarded: boolean): () => void {
    if (this.#pending.size >= MAX_PUTS) return () => {}
    const put = { router, startedMs: this.#clock.monotonic(), isForwarded }
    this.#pending.add(put)
    return () => void this.#pending.delete(put)
  }

  /** Which routers hang. One that forwards is named only when no router behind it hangs. */
  get problem(): string | undefined {
    const nowMs = this.#clock.monotonic()
    const late = [...this.#pending].filter(({ startedMs }) => nowMs - startedMs > MAX_ANSWER_MS)
    const own = late.filter(({ isForwarded }) => !isForwarded)
    const routers = new Set((own.length > 0 ? own : late).map(({ router }) => `"${router}"`))
    if (routers.size === 0) return undefined
    return `no answer for more than ${MAX_ANSWER_MS / 60_000} minutes from router ${[...routers].join(', ')}; a refresh ends when all routers have answered`
  }
}
