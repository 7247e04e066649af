import type { IpnsResult } from '../source.js'

/** What a record is handed to the routers for. */
export type AttemptKind = 'refresh' | 'publish'

/**
 * One record on its way to all routers.
 *
 * It has succeeded as soon as one router took it that is not the local store, and has failed when every router has
 * ended and none took it. Until then it is under way, however long that takes.
 */
export class Attempt {
  readonly #over: (result: IpnsResult) => void
  #open = 0
  #isOver = false

  constructor(over: (result: IpnsResult) => void) {
    this.#over = over
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
    if (this.#open === 0) this.#end('failure')
  }

  #end(result: IpnsResult): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#over(result)
  }
}

/**
 * Attempts by the bytes of their record. Helia encodes a record once for each attempt and hands the same array to
 * every router, and these to theirs: by it a put deep in libp2p is known to belong to a refresh.
 */
export class AttemptBook {
  readonly #attempts = new WeakMap<object, Attempt>()

  /** The attempt that these bytes are on; a new one if there is none under way. */
  open(record: object, over: (result: IpnsResult) => void): Attempt {
    const known = this.#attempts.get(record)
    if (known?.isOpen) return known
    const attempt = new Attempt(over)
    this.#attempts.set(record, attempt)
    return attempt
  }

  find(record: unknown): Attempt | undefined {
    return typeof record === 'object' && record !== null ? this.#attempts.get(record) : undefined
  }
}
