import { isThenable } from '@tidegauge/attach'

/** A function of other code that returns a value or a promise, and is not called again before it has returned one. */
export class Calculation<A extends unknown[] = []> {
  readonly #calculate: (...args: A) => unknown
  #isRunning = false

  constructor(calculate: (...args: A) => unknown) {
    this.#calculate = calculate
  }

  /** Calls the function, unless it still runs. Returns a promise when there is something to wait for. */
  run(
    onResult: (result: unknown) => void,
    onError: (thrown: unknown) => void,
    ...args: A
  ): Promise<void> | undefined {
    if (this.#isRunning) return undefined
    try {
      const result = this.#calculate(...args)
      if (!isThenable(result)) {
        onResult(result)
        return undefined
      }
      this.#isRunning = true
      return Promise.resolve(result)
        .then(onResult, onError)
        .finally(() => {
          this.#isRunning = false
        })
    } catch (thrown) {
      onError(thrown)
      return undefined
    }
  }
}
