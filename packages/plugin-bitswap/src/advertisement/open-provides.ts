import type { Clock, Logger } from '@tidegauge/core'

/** How long a provide may be open before it is told, in minutes: several times what a slow query over a DHT takes. */
export const LONG_MINUTES = 5

/**
 * The provides of one router or DHT that have begun and not ended.
 *
 * One that is never answered is neither a success nor a failure, and would show in no count. So it is told in the log
 * when one has been open for long, in one line however many there are, and again when none is any more.
 */
export class OpenProvides {
  readonly #what: string
  readonly #clock: Clock
  readonly #logger: Logger
  /** What takes back the timer of each that is open. */
  readonly #open = new Set<() => void>()
  #long = 0
  #isStopped = false

  /** `what` names the router or DHT in messages. */
  constructor(what: string, { clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
    this.#what = what
    this.#clock = clock
    this.#logger = logger
  }

  /** One begins. Returns what is called when it has ended; called again, it does nothing. */
  begin(): () => void {
    if (this.#isStopped) return () => {}
    let isLong = false
    const cancel = this.#clock.after(LONG_MINUTES * 60_000, () => {
      isLong = true
      if (this.#long++ === 0) this.#logger.warn(this.#longWords())
    })
    this.#open.add(cancel)
    return () => {
      if (!this.#open.delete(cancel)) return
      cancel()
      if (isLong && --this.#long === 0)
        this.#logger.info(`no provide over ${this.#what} has been open for long any more`)
    }
  }

  /** Forgets those that are open, and takes no more: what is under way may begin later. */
  stop(): void {
    for (const cancel of this.#open) cancel()
    this.#open.clear()
    this.#isStopped = true
  }

  #longWords(): string {
    return `a provide over ${this.#what} has been open for ${LONG_MINUTES} minutes without an answer: it is counted as neither success nor failure until it ends; give provides a signal with a time limit, and see whether the other side answers`
  }
}
