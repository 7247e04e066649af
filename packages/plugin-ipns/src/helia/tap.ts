import { replaceMethod, type Notices, type Undo, type UndoList } from '@tidegauge/core'

/** Follows one call of a method that is tapped. */
export interface CallWatcher {
  /** The call, or the iteration that it returned, has ended. */
  ended(ok: boolean): void
  /** What the iteration yielded, when the method returned one. */
  yielded?(value: unknown): void
}

/** Told of a call before it is made; returns what follows it, if that is of interest. */
export type CallObserver = (args: readonly unknown[]) => CallWatcher | undefined

type Method = (this: unknown, ...args: unknown[]) => unknown

interface Tap {
  readonly observers: Set<CallObserver>
  readonly undo: Undo
}

/** Where a method that is tapped carries its tap, so that two plugins on one object share it. */
const tapKey = Symbol.for('@tidegauge/plugin-ipns.tap')

/** Follows the calls of other people's methods. The methods return, throw and yield what they always did. */
export class Taps {
  readonly #notices: Notices
  readonly #undo: UndoList
  readonly #tapped = new WeakMap<object, Set<string>>()

  constructor(notices: Notices, undo: UndoList) {
    this.#notices = notices
    this.#undo = undo
  }

  /** Follows a method of one object, if it has it. Again for the same method it does nothing. */
  follow(object: object, method: string, observer: CallObserver): boolean {
    if (this.#tapped.get(object)?.has(method)) return true
    const original: unknown = Reflect.get(object, method)
    if (typeof original !== 'function') return false
    const known = this.#tapped.get(object)
    if (known === undefined) this.#tapped.set(object, new Set([method]))
    else known.add(method)
    const tap = tapOf(original) ?? placeTap(object, method, original as Method)
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
    const guard = (work: () => void): void => this.#notices.guard('following a record', work)
    return (args) => {
      const watcher = this.#notices.guard('following a record', () => observer(args))
      return (
        watcher && {
          ended: (ok) => guard(() => watcher.ended(ok)),
          yielded: (value) => guard(() => watcher.yielded?.(value)),
        }
      )
    }
  }
}

function tapOf(method: unknown): Tap | undefined {
  return (method as { [tapKey]?: Tap })[tapKey]
}

function placeTap(object: object, name: string, original: Method): Tap {
  const observers = new Set<CallObserver>()
  const tapped: Method = function (...args) {
    const watchers = [...observers].map((observer) => observer(args)).filter((one) => one !== undefined)
    if (watchers.length === 0) return original.apply(this, args)
    let returned: unknown
    try {
      returned = original.apply(this, args)
    } catch (thrown) {
      endLater(watchers, false)
      throw thrown
    }
    watch(returned, watchers)
    return returned
  }
  const tap = { observers, undo: replaceMethod(object, name, tapped) }
  Object.defineProperty(tapped, tapKey, { value: tap })
  return tap
}

function watch(returned: unknown, watchers: readonly CallWatcher[]): void {
  if (isPromise(returned)) endWith(returned, watchers)
  else if (isIterator(returned)) watchIterator(returned, watchers)
  else endLater(watchers, true)
}

/** The iterator itself is returned to the caller, with its own steps looked at. */
function watchIterator(iterator: AsyncIterator<unknown>, watchers: readonly CallWatcher[]): void {
  const fail = (): void => end(watchers, false)
  const look = ({ done, value }: IteratorResult<unknown>): void => {
    if (done) end(watchers, true)
    else for (const watcher of watchers) watcher.yielded?.(value)
  }
  const next = iterator.next.bind(iterator)
  const giveUp = iterator.return?.bind(iterator)
  replaceMethod(iterator, 'next', (...args: []) => {
    const step = next(...args)
    step.then(look, fail)
    return step
  })
  if (giveUp === undefined) return
  replaceMethod(iterator, 'return', (...args: []) => {
    fail()
    return giveUp(...args)
  })
}

function endWith(promise: Promise<unknown>, watchers: readonly CallWatcher[]): void {
  promise.then(
    () => end(watchers, true),
    () => end(watchers, false),
  )
}

/** Not before the caller has made the calls that belong to this one. */
function endLater(watchers: readonly CallWatcher[], ok: boolean): void {
  queueMicrotask(() => end(watchers, ok))
}

function end(watchers: readonly CallWatcher[], ok: boolean): void {
  for (const watcher of watchers) watcher.ended(ok)
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as Promise<unknown> | undefined)?.then === 'function'
}

function isIterator(value: unknown): value is AsyncIterator<unknown> {
  const { next, [Symbol.asyncIterator]: iterate } = Object(value) as Partial<AsyncIterableIterator<unknown>>
  return typeof next === 'function' && typeof iterate === 'function'
}
