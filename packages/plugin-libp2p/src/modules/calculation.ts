import { isThenable } from '@tidegauge/attach'

/** A value, or values by label, that a module works out when asked. */
export class Calculation {
  readonly #calculate: () => unknown
  #busy = false

  constructor(calculate: () => unknown) {
    this.#calculate = calculate
  }

  /**
   * Asks the module. A promise is left running when the pass is over, its late answer is dropped, and the
   * module is not asked again before it has answered.
   */
  run(take: (result: unknown) => void, fail: (thrown: unknown) => void): Promise<void> | undefined {
    if (this.#busy) return undefined
    try {
      const result = this.#calculate()
      if (!isThenable(result)) {
        take(result)
        return undefined
      }
      this.#busy = true
      return Promise.resolve(result)
        .then(take, fail)
        .finally(() => {
          this.#busy = false
        })
    } catch (thrown) {
      fail(thrown)
      return undefined
    }
  }
}
