import type { Clock } from '../clock.js'

/** Times are reported to within so much, in the first hour of creations; later to within a few thousandths of the age. */
const FIRST_RESOLUTION_MS = 1_000
const MAX_MARKS = 4_096

/**
 * Numbers every series that a registry ever had, and knows when each came.
 *
 * Numbers rise with time, so a few marks (number and time, one a second at max) tell the time of every series: a
 * series costs nothing for it. When marks get many, every second one goes and new ones come half as often.
 */
export class CreationLog {
  /** The latest number; 0 before the first. */
  last = 0
  readonly #clock: Clock
  #numbers: number[] = []
  #times: number[] = []
  #markedMs = Number.NEGATIVE_INFINITY
  #resolutionMs = FIRST_RESOLUTION_MS

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The number of a series that comes now. */
  next(): number {
    const nowMs = this.#clock.monotonic()
    this.last++
    if (nowMs - this.#markedMs >= this.#resolutionMs) this.#mark(nowMs)
    return this.last
  }

  /** When the series with this number came, in milliseconds since the Unix epoch. */
  timeOf(number: number): number {
    let low = 0
    let high = this.#numbers.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.#numbers[middle] <= number) low = middle
      else high = middle - 1
    }
    return this.#times[low]
  }

  #mark(nowMs: number): void {
    if (this.#numbers.length >= MAX_MARKS) {
      this.#numbers = this.#numbers.filter((_, i) => i % 2 === 0)
      this.#times = this.#times.filter((_, i) => i % 2 === 0)
      this.#resolutionMs *= 2
    }
    this.#markedMs = nowMs
    this.#numbers.push(this.last)
    this.#times.push(this.#clock.now())
  }
}
