import type { LogOnce } from '@tidegauge/core'

/** What an observer hears of one call of a traced function. Every part may be left out. */
export interface TraceCall {
  /** A generator gave a value. */
  yielded?(value: unknown): void
  /** The call is over: it returned, its promise was kept, or its generator ended. */
  returned?(value: unknown): void
  /** The call threw, its promise was broken, or its generator failed. */
  threw?(error: unknown): void
}

/** Hears of every call of a function that libp2p or Helia traces, such as `libp2p.kadDHT.provide`. */
export type TraceObserver = (name: string, args: readonly unknown[]) => TraceCall | undefined | void

type AnyFunction = (...args: never[]) => unknown

type StepMethod = 'next' | 'return' | 'throw'

/**
 * Lets observers follow traced functions without changing them: what is returned, thrown or yielded stays as it
 * is, and without an observer the function is called as if it were not traced at all.
 */
export class Traces {
  readonly #observers = new Set<TraceObserver>()
  readonly #logOnce: LogOnce
  #onWrap: ((fn: unknown) => void) | undefined

  constructor(logOnce: LogOnce) {
    this.#logOnce = logOnce
  }

  /** Returns what ends the observing. */
  observe(observer: TraceObserver): () => void {
    this.#observers.add(observer)
    return () => this.#observers.delete(observer)
  }

  /** Hears of functions as they come to be traced. Returns what ends it. */
  onWrap(listener: (fn: unknown) => void): () => void {
    this.#onWrap = listener
    return () => {
      this.#onWrap = undefined
    }
  }

  /** The function to call in place of `fn`; libp2p traces in constructors, before anybody observes. */
  wrap<F extends AnyFunction>(name: string, fn: F): F {
    this.#onWrap?.(fn)
    if (typeof fn !== 'function') return fn
    const observers = this.#observers
    const call = (self: unknown, args: unknown[]): unknown => this.#call(name, fn, self, args)
    const traced = function (this: unknown, ...args: unknown[]): unknown {
      return observers.size === 0 ? Reflect.apply(fn, this, args) : call(this, args)
    }
    Object.defineProperty(traced, 'name', { value: fn.name, configurable: true })
    Object.defineProperty(traced, 'length', { value: fn.length, configurable: true })
    return traced as unknown as F
  }

  #call(name: string, fn: AnyFunction, self: unknown, args: unknown[]): unknown {
    const call = this.#begin(name, args)
    let result: unknown
    try {
      result = Reflect.apply(fn, self, args)
    } catch (thrown) {
      call.threw(thrown)
      throw thrown
    }
    if (isGenerator(result)) observeGenerator(result, call)
    else if (result instanceof Promise) return follow(result, call)
    else call.returned(result)
    return result
  }

  #begin(name: string, args: unknown[]): Required<TraceCall> {
    const calls = [...this.#observers].map((observer) => this.#guard(() => observer(name, args)))
    let over = false
    const tell = (part: keyof TraceCall) => (value: unknown) => {
      if (over) return
      over = part !== 'yielded'
      for (const call of calls) this.#guard(() => call?.[part]?.(value))
    }
    return { yielded: tell('yielded'), returned: tell('returned'), threw: tell('threw') }
  }

  #guard<R>(heard: () => R): R | undefined {
    try {
      return heard()
    } catch (thrown) {
      this.#logOnce.warn('trace', `an observer of traces threw: ${String(thrown)}`)
      return undefined
    }
  }
}

/** A promise that settles like the given one, after the observers were told; nobody else's rejection is swallowed. */
function follow<T>(promise: Promise<T>, call: Required<TraceCall>): Promise<T> {
  return promise.then(
    (value) => {
      call.returned(value)
      return value
    },
    (thrown: unknown) => {
      call.threw(thrown)
      throw thrown
    },
  )
}

/** Puts watching steps on the generator itself, so that it stays the same object. */
function observeGenerator(generator: Record<StepMethod, AnyFunction>, call: Required<TraceCall>): void {
  for (const step of ['next', 'return', 'throw'] as const) {
    const original = generator[step]
    if (typeof original !== 'function') continue
    generator[step] = (...args: unknown[]) => {
      try {
        return followStep(Reflect.apply(original, generator, args), call)
      } catch (thrown) {
        call.threw(thrown)
        throw thrown
      }
    }
  }
}

function followStep(step: unknown, call: Required<TraceCall>): unknown {
  if (!(step instanceof Promise)) return tellStep(step as IteratorResult<unknown>, call)
  return step.then(
    (result: IteratorResult<unknown>) => tellStep(result, call),
    (thrown: unknown) => {
      call.threw(thrown)
      throw thrown
    },
  )
}

function tellStep(result: IteratorResult<unknown>, call: Required<TraceCall>): IteratorResult<unknown> {
  if (result.done === true) call.returned(result.value)
  else call.yielded(result.value)
  return result
}

/** Of a generator function, async or not; other iterables are handed through as they are. */
function isGenerator(value: unknown): value is Record<StepMethod, AnyFunction> {
  const tag = Object.prototype.toString.call(value)
  return tag === '[object AsyncGenerator]' || tag === '[object Generator]'
}
