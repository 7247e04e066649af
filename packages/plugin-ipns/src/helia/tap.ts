import {
  observeGenerator,
  observeCall,
  safeGet,
  safeGetMethod,
  wrapMethod,
  type Undo,
  type UndoList,
} from '@tidegauge/attach'
import { type LogOnce } from '@tidegauge/core'

/** Follows one call of a method that is tapped. */
export interface CallWatcher {
  /** The call, or the iteration that it returned, has ended. Told once. */
  ended(ok: boolean): void
  /** What the iteration yielded, when the method returned one. */
  yielded?(value: unknown): void
}

/** Told of a call before it is made; returns what follows it, if that is of interest. */
export type CallObserver = (args: readonly unknown[]) => CallWatcher | undefined

interface SharedTap {
  readonly observers: Set<CallObserver>
  readonly undo: Undo
}

/** Where a method that is tapped carries its tap, so that two plugins on one object share it. */
const tapKey = Symbol.for('@tidegauge/plugin-ipns.tap')

/** Follows the calls of other people's methods. The methods return, throw and yield what they always did. */
export class Taps {
  readonly #logOnce: LogOnce
  readonly #undo: UndoList
  readonly #tapped = new WeakMap<object, Set<string>>()

  constructor(logOnce: LogOnce, undo: UndoList) {
    this.#logOnce = logOnce
    this.#undo = undo
  }

  /** Follows a method of one object, if it has it. Again for the same method it does nothing. */
  follow(object: object, method: string, observer: CallObserver): boolean {
    const known = this.#tapped.get(object)
    if (known?.has(method)) return true
    if (safeGetMethod(object, method) === undefined) return false
    const tap = tapOf(object, method) ?? placeTap(object, method)
    if (known === undefined) this.#tapped.set(object, new Set([method]))
    else known.add(method)
    const guarded = this.#guarded(observer)
    tap.observers.add(guarded)
    this.#undo.add(() => {
      this.#tapped.get(object)?.delete(method)
      tap.observers.delete(guarded)
      if (tap.observers.size === 0) tap.undo()
    })
    return true
  }

  #guarded(observer: CallObserver): CallObserver {
    const guard = (work: () => void): void => this.#logOnce.guard('following a record', work)
    return (args) => {
      const watcher = this.#logOnce.guard('following a record', () => observer(args))
      return (
        watcher && {
          ended: (ok) => guard(() => watcher.ended(ok)),
          yielded: (value) => guard(() => watcher.yielded?.(value)),
        }
      )
    }
  }
}

function tapOf(object: object, method: string): SharedTap | undefined {
  return safeGet(safeGet(object, method), tapKey) as SharedTap | undefined
}

function placeTap(object: object, name: string): SharedTap {
  const observers = new Set<CallObserver>()
  const takeOff = wrapMethod(object, name, (call, args) => {
    const watchers = [...observers].map((observer) => observer(args)).filter((one) => one !== undefined)
    return watchers.length === 0 ? call() : followCall(call, watchers)
  })
  const tapped = Reflect.get(object, name) as object
  const undo = (): void => {
    // where it stays under somebody else's, it is no longer one to be shared
    Reflect.deleteProperty(tapped, tapKey)
    takeOff()
  }
  const tap = { observers, undo }
  Object.defineProperty(tapped, tapKey, { value: tap, configurable: true })
  return tap
}

function followCall(call: () => unknown, watchers: readonly CallWatcher[]): unknown {
  const end = endOnce(watchers)
  const gave = (value: unknown): void => {
    for (const watcher of watchers) watcher.yielded?.(value)
  }
  let isReturned = false
  // not before the caller has made the calls that belong to this one
  const endLater = (ok: boolean): void => (isReturned ? end(ok) : queueMicrotask(() => end(ok)))
  const result = observeCall(call, {
    returned(value) {
      if (
        isReturned ||
        !observeGenerator(value, {
          requested() {},
          yielded: gave,
          ended: (outcome) => end(outcome === 'complete'),
        })
      )
        endLater(true)
    },
    failed: () => endLater(false),
  })
  isReturned = true
  return result
}

function endOnce(watchers: readonly CallWatcher[]): (ok: boolean) => void {
  let hasEnded = false
  return (ok) => {
    if (hasEnded) return
    hasEnded = true
    for (const watcher of watchers) watcher.ended(ok)
  }
}
