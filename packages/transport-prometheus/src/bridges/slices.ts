import { setImmediate as nextTurn } from 'node:timers/promises'

/** How long work may hold the event loop. */
const SLICE_MS = 4

/** Cuts long work into slices; `pause` rejects once the signal is aborted. */
export class Slices {
  readonly #signal: AbortSignal
  #startedMs = performance.now()

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  /** Yields to the event loop when the slice is over. */
  async pause(): Promise<void> {
    if (performance.now() - this.#startedMs < SLICE_MS) return
    await nextTurn()
    this.throwIfAborted()
    this.#startedMs = performance.now()
  }

  /** Throws once the signal is aborted. */
  throwIfAborted(): void {
    this.#signal.throwIfAborted()
  }
}

/** Resolves as the promise does, or rejects when the signal is aborted first. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
