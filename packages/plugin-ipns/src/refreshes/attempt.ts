import type { IpnsResult } from '../source.js'

/** Why a record is handed to the routers. */
export type AttemptKind = 'refresh' | 'publish'

/** Learns what becomes of an attempt. */
export interface AttemptObserver {
  /** It has succeeded or failed. Called once. */
  ended(result: IpnsResult): void
  /** Every router has answered. Called once, after {@link ended}. */
  closed(): void
}

/**
 * One record on its way to all routers.
 *
 * It succeeds as soon as one router other than the local store has taken the record, and fails when every router has
 * answered and none has taken it. Until then it is pending, however long that takes.
 */
export class Attempt {
  readonly #observer: AttemptObserver
  #open = 0
  #hasEnded = false
  #isClosed = false

  constructor(observer: AttemptObserver) {
    this.#observer = observer
  }

  get isOpen(): boolean {
    return this.#open > 0
  }

  /** A router was handed the record. */
  routerStarted(): void {
    this.#open++
  }

  /** A router has taken the record. */
  succeed(): void {
    this.#end('success')
  }

  /** Whether a router has taken the record cannot be seen: the attempt is not counted, unless it has ended. */
  abandon(): void {
    this.#hasEnded = true
  }

  /** A router has answered, whatever the answer. */
  routerEnded(): void {
    this.#open--
    if (this.#open > 0) return
    this.#end('failure')
    if (this.#isClosed) return
    this.#isClosed = true
    this.#observer.closed()
  }

  #end(result: IpnsResult): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#observer.ended(result)
  }
}
