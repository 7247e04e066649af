import { isThenable } from '@tidegauge/attach'

/** A function of somebody else that returns a value, or a promise of one, and is not called again before it has. */
export class Calculation<A extends unknown[] = []> {
  readonly #calculate: (...args: A) => unknown
  #isRunning = false

  constructor(calculate: (...args: A) => unknown) {
    this.#calculate = calculate
  }

  /**
   * Calls the function, unless it still runs. Returns a promise while there is something to wait for; a caller that
   * does not wait leaves it running.
   */
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
