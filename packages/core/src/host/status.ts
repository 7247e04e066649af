import type { Clock } from '../clock.js'
import { describeThrown } from '../errors/describe.js'
import type { ComponentHealth, ComponentState } from '../contract/report.js'

/** The state of a plugin or transport, with its latest success and error. */
export class Status {
  state: ComponentState = 'idle'
  /** How long its start took. */
  startMs: number | undefined
  #lastSuccessMs: number | undefined
  #lastError: string | undefined
  #lastErrorMs: number | undefined
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  succeeded(): void {
    this.state = 'up'
    this.#lastSuccessMs = this.#clock.now()
  }

  /** Returns the error in words. */
  failed(thrown: unknown): string {
    this.state = 'down'
    this.#lastErrorMs = this.#clock.now()
    return (this.#lastError = describeThrown(thrown))
  }

  get lastSuccessSeconds(): number | undefined {
    return this.#lastSuccessMs === undefined ? undefined : this.#lastSuccessMs / 1000
  }

  health(name: string, labels?: Readonly<Record<string, string>>): ComponentHealth {
    return {
      name,
      ...(labels && Object.keys(labels).length > 0 && { labels }),
      state: this.state,
      lastSuccessSeconds: this.lastSuccessSeconds,
      lastError: this.#lastError,
      lastErrorSeconds: this.#lastErrorMs === undefined ? undefined : this.#lastErrorMs / 1000,
    }
  }
}
