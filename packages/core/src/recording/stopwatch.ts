import type { Clock } from '../clock.js'

/** Measures the time since its creation, once. */
export class Stopwatch {
  readonly #clock: Clock
  readonly #startedAtMs: number
  #seconds: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
    this.#startedAtMs = clock.monotonic()
  }

  /** Records the seconds the first time; returns the same seconds every time. */
  stop(record: (seconds: number) => void): number {
    if (this.#seconds === undefined) {
      this.#seconds = (this.#clock.monotonic() - this.#startedAtMs) / 1000
      record(this.#seconds)
    }
    return this.#seconds
  }
}
