import { isObject } from '@tidegauge/attach'
import type { LogOnce } from '@tidegauge/core'
import type { MetricOptionsLike, MetricsLike } from './metrics-like.js'

/** The `register…` methods of libp2p's `Metrics`. */
export type RegisterMethod = Extract<keyof MetricsLike, `register${string}`>

/** How many registrations are kept for an implementation that comes later. */
const MAX_KEPT = 1_000

/** The handles that the other implementations returned for one registration. */
export type ForwardHandles = readonly ForwardHandle[]

type ForwardHandle = Readonly<Record<string, ((...args: unknown[]) => unknown) | undefined>>

interface Registration {
  readonly method: RegisterMethod
  readonly name: string
  readonly options: MetricOptionsLike | undefined
  readonly handles: ForwardHandle[]
}

/**
 * Other implementations of libp2p's `Metrics`, to which every call is passed on.
 *
 * What one of them throws is logged once, and disturbs neither the node nor our own counting.
 */
export class Forwards {
  #targets: readonly MetricsLike[] = []
  readonly #registrations: Registration[] = []
  readonly #logOnce: LogOnce

  constructor(logOnce: LogOnce) {
    this.#logOnce = logOnce
  }

  /** Forwards to these and no others. What was registered before the first of them came is registered now. */
  replace(targets: readonly MetricsLike[]): void {
    if (this.#targets.length > 0) this.#registrations.length = 0
    this.#targets = targets
    for (const registration of this.#registrations)
      for (const target of targets) this.#registerWith(target, registration)
  }

  track(method: 'trackMultiaddrConnection' | 'trackProtocolStream', tracked: object): void {
    for (const target of this.#targets) this.guard(method, () => target[method](tracked as never))
  }

  register(method: RegisterMethod, name: string, options: MetricOptionsLike | undefined): ForwardHandles {
    const registration: Registration = { method, name, options, handles: [] }
    if (this.#registrations.length < MAX_KEPT) this.#registrations.push(registration)
    for (const target of this.#targets) this.#registerWith(target, registration)
    return registration.handles
  }

  /** The function as the others trace it; each wraps what the one before returned. */
  trace<F extends (...args: never[]) => unknown>(name: string, fn: F, options: object | undefined): F {
    return this.#targets.reduce<F>(
      (traced, target) =>
        this.guard('traceFunction', () => target.traceFunction(name, traced, options)) ?? traced,
      fn,
    )
  }

  /** The trace context of the first that returns one. */
  createTrace(): unknown {
    for (const target of this.#targets) {
      const trace: unknown = this.guard('createTrace', () => target.createTrace())
      if (trace !== undefined) return trace
    }
    return undefined
  }

  /** Makes a call to another implementation. What it throws is logged once for each method. */
  guard<R>(method: string, call: () => R): R | undefined {
    try {
      return call()
    } catch (thrown) {
      this.#logOnce.warn(
        `forward ${method}`,
        `the metrics implementation that is forwarded to threw in ${method}: ${String(thrown)}`,
      )
      return undefined
    }
  }

  #registerWith(target: MetricsLike, { method, name, options, handles }: Registration): void {
    const handle: unknown = this.guard(method, () => target[method](name, options))
    if (isObject(handle)) handles.push(handle as ForwardHandle)
  }
}
