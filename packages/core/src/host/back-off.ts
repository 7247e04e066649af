const LONGEST_MS = 300_000

/** When something that failed may be tried again: after its interval, then twice as long each time. */
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

  failed(nowMs: number): void {
    // 2^20 intervals are past any cap; without it the power would overflow
    const delayMs = Math.min(this.#baseMs * 2 ** Math.min(this.#failures, 20), LONGEST_MS)
    this.#failures++
    this.#notBeforeMs = nowMs + delayMs
  }

  /** Milliseconds until the next try; 0 when it may be made now. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#notBeforeMs - nowMs)
  }
}
