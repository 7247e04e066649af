import type { AnyFunction } from './safe-get.js'
import { replaceMethod, type Undo } from './undo.js'

/** Runs in place of a method: makes the original call, as the caller made it, and returns or throws for it. */
export type MethodWrapper = (call: () => unknown, args: readonly unknown[]) => unknown

/**
 * Wraps a method of one object. Returns the function that restores it.
 *
 * Where other code has wrapped it again since, or keeps a reference to it, the wrapper stays there and only passes
 * calls on. Throws a TypeError when the object is frozen.
 */
export function wrapMethod(object: object, name: string, wrapper: MethodWrapper): Undo {
  const original = Reflect.get(object, name) as AnyFunction
  let isActive = true
  const wrapped = function (this: unknown, ...args: unknown[]): unknown {
    const call = (): unknown => Reflect.apply(original, this, args)
    return isActive ? wrapper(call, args) : call()
  }
  for (const key of ['name', 'length'] as const)
    Object.defineProperty(wrapped, key, { value: original[key], configurable: true })
  const restore = replaceMethod(object, name, wrapped)
  return () => {
    isActive = false
    restore()
  }
}
