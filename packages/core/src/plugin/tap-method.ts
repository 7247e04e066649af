import { replaceMethod, type Undo } from './undo.js'
import type { AnyFunction } from './foreign.js'

/** Makes the original call, as the caller made it, and returns or throws what the caller shall get. */
export type Tap = (call: () => unknown, args: readonly unknown[]) => unknown

/**
 * Puts a tap on a method of one object. Returns what takes it off.
 *
 * Where somebody has put theirs over it since, or keeps a reference to it, it stays there and only hands through.
 * Throws a TypeError when the object is frozen.
 */
export function tapMethod(owner: object, name: string, tap: Tap): Undo {
  const original = Reflect.get(owner, name) as AnyFunction
  let tapping = true
  const tapped = function (this: unknown, ...args: unknown[]): unknown {
    const call = (): unknown => Reflect.apply(original, this, args)
    return tapping ? tap(call, args) : call()
  }
  for (const key of ['name', 'length'] as const)
    Object.defineProperty(tapped, key, { value: original[key], configurable: true })
  const putBack = replaceMethod(owner, name, tapped)
  return () => {
    tapping = false
    putBack()
  }
}
