import type { AnyFunction } from '@tidegauge/attach'

/** Comments and white space. */
const IGNORED = /\/\*[^]*?(?:\*\/|$)|\/\/.*|\s+/g

/** The end of a function whose body is empty, or returns nothing. White space is removed before. */
const EMPTY_BODY = /(?:\)|=>)\{(?:return(?:undefined|void0|Promise\.resolve\(\))?;?)?\}$/

/**
 * Whether a function does nothing, by its source text.
 *
 * Helia's delegated router has a `provide` that resolves and sends nothing. Counted by its promise, every one would be
 * a success. The text decides, and not the name, so that a later version that does something is counted. A function
 * without source text (bound, native) is taken to do something.
 */
export function doesNothing(fn: AnyFunction): boolean {
  return EMPTY_BODY.test(Function.prototype.toString.call(fn).replace(IGNORED, ''))
}
