import { isFunction } from '@tidegauge/attach'
import { SINGLE, type ModuleMetric } from '../../modules/module-metric.js'
import type { ForwardHandles, Forwards } from './forwards.js'
import type { GroupSteps, GroupValues, StopTimer } from './metrics-like.js'

/** What every handle does: records in our metric, and in the handles of the others. */
abstract class Handle {
  protected readonly metric: ModuleMetric
  readonly #others: ForwardHandles
  readonly #forwards: Forwards

  constructor(metric: ModuleMetric, others: ForwardHandles, forwards: Forwards) {
    this.metric = metric
    this.#others = others
    this.#forwards = forwards
  }

  reset(): void {
    this.metric.reset()
    this.forward('reset')
  }

  protected get isForwarded(): boolean {
    return this.#others.length > 0
  }

  /** Makes the same call on the handles of the others. */
  protected forward(method: string, argument?: unknown): void {
    for (const handle of this.#others) this.#forwards.guard(method, () => handle[method]?.(argument))
  }

  protected startTimer(key: string, ...args: string[]): StopTimer {
    const startedMs = performance.now()
    const stops = this.#others.map((handle) => this.#forwards.guard('timer', () => handle.timer?.(...args)))
    return () => {
      const seconds = (performance.now() - startedMs) / 1000
      if (this.metric.isDistribution) this.metric.observe(key, seconds)
      else this.metric.set(key, seconds)
      for (const stop of stops) if (isFunction(stop)) this.#forwards.guard('timer', stop)
    }
  }
}

/** A gauge, counter, histogram or summary with one value. */
export class SingleHandle extends Handle {
  update(value: number): void {
    this.metric.set(SINGLE, value)
    this.forward('update', value)
  }

  increment(value = 1): void {
    this.metric.addSingle(value)
    if (this.isForwarded) this.forward('increment', value)
  }

  decrement(value = 1): void {
    this.metric.addSingle(-value)
    this.forward('decrement', value)
  }

  observe(value: number): void {
    this.metric.observe(SINGLE, value)
    this.forward('observe', value)
  }

  timer(): StopTimer {
    return this.startTimer(SINGLE)
  }
}

/** The same with one label: values come as an object, by the values of the label. */
export class GroupHandle extends Handle {
  update(values: GroupValues): void {
    for (const [key, value] of Object.entries(values)) this.metric.set(key, value ?? Number.NaN)
    this.forward('update', values)
  }

  increment(values: GroupSteps): void {
    for (const [key, value] of Object.entries(values)) this.metric.add(key, stepOf(value))
    this.forward('increment', values)
  }

  decrement(values: GroupSteps): void {
    for (const [key, value] of Object.entries(values)) this.metric.add(key, -stepOf(value))
    this.forward('decrement', values)
  }

  observe(values: GroupValues): void {
    for (const [key, value] of Object.entries(values)) this.metric.observe(key, value ?? Number.NaN)
    this.forward('observe', values)
  }

  timer(key: string): StopTimer {
    return this.startTimer(key, key)
  }
}

/** In libp2p, `true` is a step of one. */
function stepOf(value: unknown): number {
  return typeof value === 'number' ? value : value === undefined ? 0 : 1
}
