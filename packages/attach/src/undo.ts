/** Reverts one change. {@link UndoList} calls it once. */
export type Undo = () => void

/** The changes to revert, in reverse order. */
export class UndoList {
  readonly #undos: Undo[] = []

  add(undo: Undo): void {
    this.#undos.push(undo)
  }

  /** Reverts everything, also when one of the changes throws. May be called again. */
  run(): void {
    for (let undo = this.#undos.pop(); undo !== undefined; undo = this.#undos.pop()) {
      try {
        undo()
      } catch {
        // the object is gone, or refuses: the other changes are still reverted
      }
    }
  }
}

/**
 * Sets a method on one object, in front of its class's or its own. Returns the function that restores the object.
 * Where other code has replaced the method since, theirs stays.
 */
export function replaceMethod(object: object, name: string, method: (...args: never[]) => unknown): Undo {
  const before = Object.getOwnPropertyDescriptor(object, name)
  Object.defineProperty(object, name, {
    value: method,
    writable: true,
    configurable: true,
    enumerable: false,
  })
  return () => {
    if (Reflect.get(object, name) !== method) return
    if (before === undefined) Reflect.deleteProperty(object, name)
    else Object.defineProperty(object, name, before)
  }
}
