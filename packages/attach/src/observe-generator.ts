import { observeCall } from './observe-call.js'
import { isFunction, safeGet } from './safe-get.js'

/** Learns what a caller requests from a generator and what it receives. */
export interface GeneratorObserver {
  /** The caller requests the next value. */
  requested(): void
  /** The generator yielded a value. */
  yielded(value: unknown): void
  /**
   * The generator has ended: `complete` when it came to its end, `failed` with its error when it threw, `left` when
   * the caller left it early. May be called again; the first call counts.
   */
  ended(outcome: GeneratorOutcome, error?: unknown): void
}

/** How a generator ended. */
export type GeneratorOutcome = 'complete' | 'failed' | 'left'

const steps = ['next', 'return', 'throw'] as const

/**
 * Observes a generator, which stays the same object. Nothing is requested that the caller does not request.
 * Returns false, and does nothing, when `generator` is not a generator or is frozen. The observer must not throw.
 */
export function observeGenerator(generator: unknown, observer: GeneratorObserver): boolean {
  if (!isFunction(safeGet(generator, 'next')) || !Object.isExtensible(generator)) return false
  for (const step of steps) observeStep(generator as object, step, observer)
  return true
}

function observeStep(generator: object, step: (typeof steps)[number], observer: GeneratorObserver): void {
  const original = safeGet(generator, step)
  if (!isFunction(original)) return
  const observed = (...args: unknown[]): unknown => {
    if (step === 'next') observer.requested()
    return observeCall(() => Reflect.apply(original, generator, args), {
      returned(result) {
        if (safeGet(result, 'done') !== true) observer.yielded(safeGet(result, 'value'))
        else observer.ended(step === 'next' ? 'complete' : 'left')
      },
      failed: (error) => observer.ended('failed', error),
    })
  }
  Object.defineProperty(generator, step, {
    value: observed,
    writable: true,
    configurable: true,
    enumerable: false,
  })
}
