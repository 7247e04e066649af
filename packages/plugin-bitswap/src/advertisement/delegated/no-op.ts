import type { AnyFunction } from '@tidegauge/attach'

/** Comments and white space. */
const SILENCE = /\/\*[^]*?(?:\*\/|$)|\/\/.*|\s+/g

/** The end of a function whose body holds nothing, or only an empty return. White space is gone. */
const EMPTY_BODY = /(?:\)|=>)\{(?:return(?:undefined|void0|Promise\.resolve\(\))?;?)?\}$/

/**
 * Whether a function does nothing at all, by its own text.
 *
 * Helia's delegated router has a `provide` that resolves and sends nothing: counted by its promise, it would look
 * like the most reliable of all. By its text, and not by its name, so that a version that does something is counted.
 * A function without text of its own (bound, native) is taken to do something.
 */
export function doesNothing(fn: AnyFunction): boolean {
  return EMPTY_BODY.test(Function.prototype.toString.call(fn).replace(SILENCE, ''))
}
