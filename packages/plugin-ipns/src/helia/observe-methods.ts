import {
  observeCall,
  observeGenerator,
  safeGet,
  safeGetMethod,
  wrapMethod,
  type Undo,
  type UndoList,
} from '@tidegauge/attach'
import type { LogOnce } from '@tidegauge/core'

/** Observes one call of a method. */
export interface CallObserver {
  /** The call, or the generator that it returned, has ended. Called once. */
  ended(ok: boolean): void
  /** The generator that the call returned has yielded a value. */
  yielded?(value: unknown): void
  /** The call has returned something that is not a generator. Comes before {@link ended}. */
  returnedNoGenerator?(): void
}

/** Is called before the method is; returns an observer when the call is of interest. */
export type OnCall = (args: readonly unknown[]) => CallObserver | undefined

/** A wrapper that several observers share. */
interface SharedWrapper {
  readonly listeners: Set<OnCall>
  readonly undo: Undo
}

/** The property of a wrapped method that holds its wrapper, so that two plugins on one object share it. */
const wrapperKey = Symbol.for('@tidegauge/plugin-ipns.wrapper')

/** Observes the calls of methods. The methods return, throw and yield the same as before. */
export class MethodObservers {
  readonly #logOnce: LogOnce
  readonly #undo: UndoList
  readonly #observed = new WeakMap<object, Set<string>>()

  /** What is observed ends when `undo` runs. */
  constructor(logOnce: LogOnce, undo: UndoList) {
    this.#logOnce = logOnce
    this.#undo = undo
  }

  /** Observes a method of one object. Returns false when there is none; does nothing when called again. */
  observe(object: object, method: string, onCall: OnCall): boolean {
    const known = this.#observed.get(object)
    if (known?.has(method)) return true
    if (safeGetMethod(object, method) === undefined) return false
    const wrapper = wrapperOf(object, method) ?? addWrapper(object, method)
    if (known === undefined) this.#observed.set(object, new Set([method]))
    else known.add(method)
    const guarded = this.#guard(onCall)
    wrapper.listeners.add(guarded)
    this.#undo.add(() => {
      this.#observed.get(object)?.delete(method)
      wrapper.listeners.delete(guarded)
      if (wrapper.listeners.size === 0) wrapper.undo()
    })
    return true
  }

  #guard(onCall: OnCall): OnCall {
    const guard = <R>(work: () => R): R | undefined => this.#logOnce.guard('observing a record', work)
    return (args) => {
      const observer = guard(() => onCall(args))
      if (observer === undefined) return undefined
      return {
        ended: (ok) => guard(() => observer.ended(ok)),
        yielded: (value) => guard(() => observer.yielded?.(value)),
        returnedNoGenerator: () => guard(() => observer.returnedNoGenerator?.()),
      }
    }
  }
}

function wrapperOf(object: object, method: string): SharedWrapper | undefined {
  return safeGet(safeGet(object, method), wrapperKey) as SharedWrapper | undefined
}

function addWrapper(object: object, name: string): SharedWrapper {
  const listeners = new Set<OnCall>()
  const restore = wrapMethod(object, name, (call, args) => {
    const observers = [...listeners].map((onCall) => onCall(args)).filter((one) => one !== undefined)
    return observers.length === 0 ? call() : callObserved(call, observers)
  })
  const wrapped = Reflect.get(object, name) as object
  const undo = (): void => {
    // where other code keeps it under a wrapper of its own, it must not be shared any more
    Reflect.deleteProperty(wrapped, wrapperKey)
    restore()
  }
  const wrapper = { listeners, undo }
  Object.defineProperty(wrapped, wrapperKey, { value: wrapper, configurable: true })
  return wrapper
}

function callObserved(call: () => unknown, observers: readonly CallObserver[]): unknown {
  const end = callOnce((ok: boolean) => {
    for (const observer of observers) observer.ended(ok)
  })
  let isReturned = false
  // a call that ends at once ends after the caller has made the other calls that belong to it
  const endLater = (ok: boolean): void => (isReturned ? end(ok) : queueMicrotask(() => end(ok)))
  const generatorObserver = {
    requested() {},
    yielded(value: unknown) {
      for (const observer of observers) observer.yielded?.(value)
    },
    ended: (outcome: string) => end(outcome === 'complete'),
  }
  const result = observeCall(call, {
    returned(value) {
      if (!isReturned && observeGenerator(value, generatorObserver)) return
      for (const observer of observers) observer.returnedNoGenerator?.()
      endLater(true)
    },
    failed: () => endLater(false),
  })
  isReturned = true
  return result
}

function callOnce<A>(work: (argument: A) => void): (argument: A) => void {
  let isCalled = false
  return (argument) => {
    if (isCalled) return
    isCalled = true
    work(argument)
  }
}
