/** Takes back one thing that was attached. Never called twice by {@link UndoList}. */
export type Undo = () => void

/** What has to be taken back, in the reverse order of its attaching. */
export class UndoList {
  readonly #undos: Undo[] = []

  add(undo: Undo): void {
    this.#undos.push(undo)
  }

  /** Takes everything back, also when one of them throws. May be called again. */
  run(): void {
    for (let undo = this.#undos.pop(); undo !== undefined; undo = this.#undos.pop()) {
      try {
        undo()
      } catch {
        // what can't be taken back is gone already
      }
    }
  }
}

/**
 * Puts a method on one object, over its class's or its own, and returns what takes it back. Where somebody has
 * put theirs over it since, it stays below theirs.
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
