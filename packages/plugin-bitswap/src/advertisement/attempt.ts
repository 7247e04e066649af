import type { Clock, LogOnce } from '@tidegauge/core'
import type { AdvertisementCounts, AdvertisementTarget } from './counts.js'
import type { OpenProvides } from './open-provides.js'

/** What an attempt counts into. */
export interface AttemptDeps {
  readonly counts: AdvertisementCounts
  readonly clock: Clock
  readonly logOnce: LogOnce
  readonly open: OpenProvides
}

/**
 * One advertisement of one record to one target, from its start to its first success or its end. It succeeds once,
 * whatever happens after that: an abort does not withdraw the record. Never throws.
 */
export class Attempt {
  readonly #target: AdvertisementTarget
  readonly #deps: AttemptDeps
  #state: 'waiting' | 'running' | 'over' = 'waiting'
  #close: (() => void) | undefined

  constructor(target: AdvertisementTarget, deps: AttemptDeps) {
    this.#target = target
    this.#deps = deps
  }

  /** It starts. A second call does nothing. */
  start(): void {
    if (this.#state !== 'waiting') return
    this.#state = 'running'
    const { counts, clock, open } = this.#deps
    this.#guard(() => {
      counts.attempt(clock.now())
      this.#close = open.add()
    })
  }

  /** The record was accepted. */
  succeed(): void {
    this.#end(() => this.#deps.counts.success(this.#target, this.#deps.clock.now()))
  }

  /** It has ended: a failure, unless it succeeded before. */
  end(): void {
    this.#end(() => this.#deps.counts.failure(this.#target))
  }

  /** Nobody knows how it ends: neither a success nor a failure. */
  abandon(): void {
    this.#end(() => {})
  }

  #end(count: () => void): void {
    if (this.#state !== 'running') return
    this.#state = 'over'
    this.#guard(count)
    this.#guard(() => this.#close?.())
  }

  #guard(work: () => void): void {
    this.#deps.logOnce.guard('counting a provide', work)
  }
}
