import type { Clock } from '../clock.js'
import { waitAtMost } from './deadline.js'
import type { PluginRunner } from './plugin-runner.js'
import type { TransportRunner } from './transport-runner.js'

/** Parts of the time of a stop after which the last collect pass, the flushes and the transports must be done. */
/** A stop waits so long for a start that has not ended. */
export const START_UNTIL = 0.2
const COLLECT_UNTIL = 0.4
const FLUSH_UNTIL = 0.8
const TRANSPORTS_UNTIL = 0.9

/** The plugins and transports that a flush or a stop works on. */
export interface Running {
  readonly plugins: readonly PluginRunner[]
  readonly transports: readonly TransportRunner[]
}

/** The time that a flush or a stop has, as one budget that its phases share. */
export class Budget {
  readonly #clock: Clock
  readonly #startedAtMs: number
  readonly #timeoutMs: number

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock
    this.#startedAtMs = clock.monotonic()
    this.#timeoutMs = timeoutMs
  }

  /** When this part of the budget is used up, in monotonic milliseconds. */
  until(part: number): number {
    return this.#startedAtMs + part * this.#timeoutMs
  }

  /** Waits for a promise, but only until this part of the budget is used up. */
  wait(part: number, promise: Promise<unknown>): Promise<void> {
    return waitAtMost(this.#clock, Math.max(0, this.until(part) - this.#clock.monotonic()), promise)
  }
}

/** A last collect pass of what is healthy, then a flush of every transport. `collected` is called in between. */
export async function flushAll({ plugins, transports }: Running, budget: Budget, collected: () => void) {
  await budget.wait(COLLECT_UNTIL, Promise.all(plugins.map((runner) => runner.collectIfHealthy())))
  collected()
  await Promise.all(transports.map((runner) => runner.flush(budget.until(FLUSH_UNTIL))))
}

/** Transports first, so that nothing reads from plugins that are gone. */
export async function stopAll({ plugins, transports }: Running, budget: Budget): Promise<void> {
  await Promise.all(transports.map((runner) => runner.stop(budget.until(TRANSPORTS_UNTIL))))
  await Promise.all(plugins.map((runner) => runner.stop(budget.until(1))))
}

/** Flushes and stops one transport. */
export async function retire(runner: TransportRunner, budget: Budget): Promise<void> {
  await runner.flush(budget.until(FLUSH_UNTIL))
  await runner.stop(budget.until(1))
}
