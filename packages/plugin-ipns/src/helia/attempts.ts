import type { IpnsResult } from '../source.js'

/** What a record is handed to the routers for. */
export type AttemptKind = 'refresh' | 'publish'

/** Told what becomes of an attempt. */
export interface AttemptListener {
  /** It has succeeded or failed. */
  over(result: IpnsResult): void
  /** Every router has answered. After {@link over}. */
  closed(): void
}

/**
 * One record on its way to all routers.
 *
 * It has succeeded as soon as one router took it that is not the local store, and has failed when every router has
 * ended and none took it. Until then it is under way, however long that takes.
 */
export class Attempt {
  readonly #listener: AttemptListener
  #open = 0
  #isOver = false
  #isClosed = false

  constructor(listener: AttemptListener) {
    this.#listener = listener
  }

  get isOpen(): boolean {
    return this.#open > 0
  }

  /** A router was handed the record. */
  begin(): void {
    this.#open++
  }

  /** A router took the record. */
  succeed(): void {
    this.#end('success')
  }

  /** A router has ended, well or badly. */
  end(): void {
    this.#open--
    if (this.#open > 0) return
    this.#end('failure')
    if (this.#isClosed) return
    this.#isClosed = true
    this.#listener.closed()
  }

  #end(result: IpnsResult): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#listener.over(result)
  }
}

/**
 * Attempts by the bytes of their record. Helia encodes a record once for each attempt and hands the same array to
 * every router, and these to theirs: by it a put deep in libp2p is known to belong to a refresh.
 */
export class AttemptBook {
  readonly #attempts = new WeakMap<object, Attempt>()

  /** A new attempt for these bytes, where none is under way. */
  open(record: object, listener: AttemptListener): Attempt {
    const attempt = new Attempt(listener)
    this.#attempts.set(record, attempt)
    return attempt
  }

  find(record: unknown): Attempt | undefined {
    return typeof record === 'object' && record !== null ? this.#attempts.get(record) : undefined
  }
}
