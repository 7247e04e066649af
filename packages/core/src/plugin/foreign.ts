/** Any function of a foreign object. */
export type AnyFunction = (...args: never[]) => unknown

/** A property of a foreign object; undefined also where there is no object, or where its getter throws. */
export function peek(owner: unknown, key: PropertyKey): unknown {
  if (!isObject(owner)) return undefined
  try {
    return Reflect.get(owner, key)
  } catch {
    // Helia's `libp2p` throws until the node has started
    return undefined
  }
}

/** A method of a foreign object. */
export function peekMethod(owner: unknown, key: PropertyKey): AnyFunction | undefined {
  const value = peek(owner, key)
  return isFunction(value) ? value : undefined
}

/** Whether a value can have properties. */
export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

export function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function'
}

/** Whether a value is settled like a promise. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return isFunction(peek(value, 'then'))
}
