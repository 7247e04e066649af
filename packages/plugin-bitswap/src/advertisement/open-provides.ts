import type { Clock, Logger } from '@tidegauge/core'

/** After how many minutes an open provide is logged: several times what a slow query over a DHT takes. */
export const LONG_MINUTES = 5

/**
 * The provides of one router or DHT that have started and not ended.
 *
 * One that is never answered is neither a success nor a failure, and is in no count. It is therefore logged when one
 * has been open for a long time, in one line however many there are, and again when there is none any more.
 */
export class OpenProvides {
  readonly #what: string
  readonly #clock: Clock
  readonly #logger: Logger
  /** Cancels the timer of each that is open. */
  readonly #open = new Set<() => void>()
  #longCount = 0
  #isStopped = false

  /** `what` names the router or DHT in messages. */
  constructor(what: string, { clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
    this.#what = what
    this.#clock = clock
    this.#logger = logger
  }

  /** Adds a provide that starts now. Returns what to call when it has ended; a second call does nothing. */
  add(): () => void {
    if (this.#isStopped) return () => {}
    let isLong = false
    const cancel = this.#clock.after(LONG_MINUTES * 60_000, () => {
      isLong = true
      if (this.#longCount++ === 0) this.#logger.warn(this.#longMessage())
    })
    this.#open.add(cancel)
    return () => {
      if (!this.#open.delete(cancel)) return
      cancel()
      if (isLong && --this.#longCount === 0)
        this.#logger.info(`no provide over ${this.#what} has been open for ${LONG_MINUTES} minutes any more`)
    }
  }

  /** Removes those that are open, and adds none from now on. */
  stop(): void {
    for (const cancel of this.#open) cancel()
    this.#open.clear()
    this.#isStopped = true
  }

  #longMessage(): string {
    return `a provide over ${this.#what} has been open for ${LONG_MINUTES} minutes without an answer: it is counted as neither success nor failure until it ends; pass provides a signal with a timeout, and check whether the other side answers`
  }
}
