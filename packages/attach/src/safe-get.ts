/** Any function of an object that is not ours. */
export type AnyFunction = (...args: never[]) => unknown

/** A property of an object that is not ours; undefined when there is no object or when its getter throws. */
export function safeGet(object: unknown, key: PropertyKey): unknown {
  if (!isObject(object)) return undefined
  try {
    return Reflect.get(object, key)
  } catch {
    // Helia's `libp2p` throws until the node has started
    return undefined
  }
}

/** A method of an object that is not ours; undefined when there is none. */
export function safeGetMethod(object: unknown, key: PropertyKey): AnyFunction | undefined {
  const value = safeGet(object, key)
  return isFunction(value) ? value : undefined
}

/** Whether a value can have properties. */
export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

/** Whether a value can be called. */
export function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function'
}

/** Whether a value has a method `then`, as promises have. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return isFunction(safeGet(value, 'then'))
}
