import type { Clock } from '../clock.js'
import type { RunSettings } from './options.js'

/** What a ticker runs, and how long it must wait at least before the next time. */
export interface Ticked {
  run(): Promise<void>
  waitMs(): number
}

/** Calls at an interval with jitter. Runs never overlap, and a late tick is not caught up. */
export class Ticker {
  readonly #clock: Clock
  readonly #settings: RunSettings
  readonly #ticked: Ticked
  #isRunning = false
  #cancel: (() => void) | undefined

  constructor(clock: Clock, settings: RunSettings, ticked: Ticked) {
    this.#clock = clock
    this.#settings = settings
    this.#ticked = ticked
  }

  /** The first tick comes at a random point of the interval, so that plugins don't collect all at once. */
  start(): void {
    const { intervalMs, jitterRatio } = this.#settings
    if (intervalMs === 0) return
    this.#isRunning = true
    this.#scheduleIn(intervalMs * (jitterRatio === 0 ? 1 : 1 - 0.8 * Math.random()))
  }

  stop(): void {
    this.#isRunning = false
    this.#cancel?.()
  }

  #scheduleIn(delayMs: number): void {
    if (this.#isRunning) this.#cancel = this.#clock.after(delayMs, () => void this.#tick())
  }

  /** The next tick is counted from the end of this one. */
  async #tick(): Promise<void> {
    const { intervalMs, jitterRatio } = this.#settings
    if (this.#ticked.waitMs() === 0) await this.#ticked.run()
    const jitterMs = intervalMs * jitterRatio * Math.random()
    this.#scheduleIn(Math.max(intervalMs + jitterMs, this.#ticked.waitMs()))
  }
}
