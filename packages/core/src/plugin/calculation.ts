import type { Clock } from '../clock.js'
import type { CollectContext } from './plugin.js'

/** Longest that a pass waits for what modules calculate. */
const PATIENCE_MS = 1_000

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

/** Waits for all, but no longer than a second, half of the pass, or until it is aborted. */
export async function settleInTime(
  answers: readonly Promise<void>[],
  pass: CollectContext,
  clock: Clock,
): Promise<void> {
  if (answers.length === 0) return
  const patienceMs = Math.min(PATIENCE_MS, Math.max(0, (pass.deadlineMs - clock.monotonic()) / 2))
  const { promise, resolve } = Promise.withResolvers<void>()
  const cancel = clock.after(patienceMs, resolve)
  pass.signal.addEventListener('abort', () => resolve(), { once: true })
  await Promise.race([Promise.allSettled(answers), promise])
  cancel()
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function'
}
