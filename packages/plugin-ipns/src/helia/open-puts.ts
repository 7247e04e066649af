import type { Clock } from '@tidegauge/core'

/** Longer than a router needs: a query of kad-dht gives up after three minutes. */
export const TOO_LONG_MS = 300_000

/** Open calls that are remembered; when so many hang there is nothing more to learn. */
const MOST = 1_000

interface OpenPut {
  readonly label: string
  readonly sinceMs: number
  readonly isPassage: boolean
}

/** The records that routers have been handed and have not answered yet. */
export class OpenPuts {
  readonly #clock: Clock
  readonly #open = new Set<OpenPut>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A router was handed a record; a `passage` only hands it on. The returned function tells that it has answered. */
  begin(label: string, role: 'taker' | 'passage'): () => void {
    if (this.#open.size >= MOST) return () => {}
    const put = { label, sinceMs: this.#clock.monotonic(), isPassage: role === 'passage' }
    this.#open.add(put)
    return () => void this.#open.delete(put)
  }

  /** What to tell of routers that hang. A passage is named only when nothing behind it hangs. */
  get fault(): string | undefined {
    const nowMs = this.#clock.monotonic()
    const late = [...this.#open].filter(({ sinceMs }) => nowMs - sinceMs > TOO_LONG_MS)
    const takers = late.filter(({ isPassage }) => !isPassage)
    const labels = new Set((takers.length > 0 ? takers : late).map(({ label }) => `"${label}"`))
    if (labels.size === 0) return undefined
    return `no answer for more than ${TOO_LONG_MS / 60_000} minutes from router ${[...labels].join(', ')}; a refresh ends when all routers have answered`
  }
}
