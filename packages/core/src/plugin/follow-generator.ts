import { isFunction, peek } from './foreign.js'
import { hearOutcome } from './outcome.js'

/** Hears what a caller asks of a generator and what it is given. */
export interface GeneratorListener {
  /** The next value is asked for. */
  asked(): void
  /** A value was given. */
  gave(value: unknown): void
  /**
   * The generator has come to its end (true), or it has failed or its caller has left it (false). May be heard again;
   * the first time counts.
   */
  ended(isWhole: boolean): void
}

const steps = ['next', 'return', 'throw'] as const

/**
 * Lets somebody listen to a generator, which stays the same object and is asked for nothing that its caller does
 * not ask for. Returns false, and does nothing, when `generator` is none or is
 * frozen.
 */
export function followGenerator(generator: unknown, listener: GeneratorListener): boolean {
  if (!isFunction(peek(generator, 'next')) || !Object.isExtensible(generator)) return false
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
        if (peek(result, 'done') === true) listener.ended(step === 'next')
        else listener.gave(peek(result, 'value'))
      },
      broken: () => listener.ended(false),
    })
  }
  Object.defineProperty(generator, step, {
    value: followed,
    writable: true,
    configurable: true,
    enumerable: false,
  })
}
