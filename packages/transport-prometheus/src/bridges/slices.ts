import { setImmediate as nextTurn } from 'node:timers/promises'

/** Work gives the event loop back after so long. */
const SLICE_MS = 4

/** Cuts a long piece of work into slices; `pause` rejects once the signal is aborted. */
export class Slices {
  readonly #signal: AbortSignal
  #sliceFrom = performance.now()

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  /** Lets others have their turn when it is time. */
  async pause(): Promise<void> {
    if (performance.now() - this.#sliceFrom < SLICE_MS) return
    await nextTurn()
    this.assertGoingOn()
    this.#sliceFrom = performance.now()
  }

  /** Throws once the signal is aborted. */
  assertGoingOn(): void {
    this.#signal.throwIfAborted()
  }
}

/** Resolves as the promise does, or rejects when the signal is aborted, whatever the promise does later. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
