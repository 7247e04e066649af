import { AsyncLocalStorage } from 'node:async_hooks'

/** Immutable, and shared by all hosts: which queue's flush the code that runs now belongs to. */
const flushes = new AsyncLocalStorage<FlushQueue>()

/** Flushes of a host, one after the other. */
export class FlushQueue {
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined

  /**
   * Flushes; while a flush runs, once more after it, for all who asked meanwhile. A flush that is asked for from
   * inside of one, such as by a transport that is flushed, is that one.
   */
  run(flush: () => Promise<void>): Promise<void> {
    if (this.#running === undefined) return this.#start(flush)
    if (flushes.getStore() === this) return Promise.resolve()
    this.#next ??= this.#running.then(() => {
      this.#next = undefined
      return this.#start(flush)
    })
    return this.#next
  }

  #start(flush: () => Promise<void>): Promise<void> {
    // set before the flush begins, which may ask for another at once
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#running = promise
    const ended = flushes.run(this, flush).finally(() => (this.#running = undefined))
    ended.then(resolve, reject)
    return promise
  }
}
