import { isFunction, peek } from './foreign.js'
import { hearOutcome } from './outcome.js'

/** Hears what a caller asks of a generator and what it is given. */
export interface GeneratorListener {
  /** The next value is asked for. */
  asked(): void
  /** A value was given. */
  gave(value: unknown): void
  /** The generator has ended or failed, or the caller has left it. May be heard again. */
  ended(): void
}

const steps = ['next', 'return', 'throw'] as const

/**
 * Lets somebody listen to a generator, which stays the same object and is asked for nothing that its caller does
 * not ask for. Returns false, and does nothing, when `generator` is none.
 */
export function followGenerator(generator: unknown, listener: GeneratorListener): boolean {
  if (!isFunction(peek(generator, 'next'))) return false
  for (const step of steps) followStep(generator as object, step, listener)
  return true
}

function followStep(generator: object, step: (typeof steps)[number], listener: GeneratorListener): void {
  const original = peek(generator, step)
  if (!isFunction(original)) return
  const followed = (...args: unknown[]): unknown => {
    if (step === 'next') listener.asked()
    return hearOutcome(() => Reflect.apply(original, generator, args), {
      kept(result) {
        if (peek(result, 'done') === true) listener.ended()
        else listener.gave(peek(result, 'value'))
      },
      broken: () => listener.ended(),
    })
  }
  Object.defineProperty(generator, step, {
    value: followed,
    writable: true,
    configurable: true,
    enumerable: false,
  })
}
