/** What could not start may be wrong for good. */
const MAX_START_MS = 300_000
/** What ran already, such as a node that is restarted, is missed soon after it is back. */
const MAX_COLLECT_MS = 30_000

/**
 * When something that failed may be tried again: after its interval, then twice as long each time, up to five minutes
 * for a start and half a minute for a collect pass, unless the interval itself is longer.
 */
export class BackOff {
  readonly #baseMs: number
  #failures = 0
  #notBeforeMs = 0

  constructor(baseMs: number) {
    this.#baseMs = Math.max(baseMs, 1_000)
  }

  succeeded(): void {
    this.#failures = 0
    this.#notBeforeMs = 0
  }

  failed(nowMs: number, what: 'start' | 'collect'): void {
    const longestMs = what === 'start' ? MAX_START_MS : MAX_COLLECT_MS
    // 2^20 intervals are past any cap; without it the power would overflow
    const grownMs = this.#baseMs * 2 ** Math.min(this.#failures, 20)
    const delayMs = Math.min(grownMs, Math.max(this.#baseMs, longestMs))
    this.#failures++
    this.#notBeforeMs = nowMs + delayMs
  }

  /** Milliseconds until the next try; 0 when it may be made now. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#notBeforeMs - nowMs)
  }
}
