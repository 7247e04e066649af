import { SINGLE, type ModuleMetric } from '../modules/module-metric.js'
import type { Echo, Forwards } from './forwards.js'
import type { GroupSteps, GroupValues, StopTimer } from './metrics-like.js'

/** What every handle shares: recording in our metric and in the others' handles. */
abstract class Handle {
  protected readonly metric: ModuleMetric
  readonly #echo: Echo
  readonly #forwards: Forwards

  constructor(metric: ModuleMetric, echo: Echo, forwards: Forwards) {
    this.metric = metric
    this.#echo = echo
    this.#forwards = forwards
  }

  reset(): void {
    this.metric.reset()
    this.echo('reset')
  }

  protected get isEchoed(): boolean {
    return this.#echo.length > 0
  }

  protected echo(method: string, ...args: unknown[]): void {
    for (const theirs of this.#echo) this.#forwards.guard(method, () => theirs[method]?.(...args))
  }

  protected startTimer(key: string, ...args: string[]): StopTimer {
    const startedAtMs = performance.now()
    const stops = this.#echo.map((theirs) => this.#forwards.guard('timer', () => theirs.timer?.(...args)))
    return () => {
      const seconds = (performance.now() - startedAtMs) / 1000
      if (this.metric.isDistribution) this.metric.observe(key, seconds)
      else this.metric.set(key, seconds)
      for (const stop of stops)
        if (typeof stop === 'function') this.#forwards.guard('timer', stop as StopTimer)
    }
  }
}

/** A gauge, counter, histogram or summary without labels, for one module. */
export class SingleHandle extends Handle {
  update(value: number): void {
    this.metric.set(SINGLE, value)
    this.echo('update', value)
  }

  increment(value = 1): void {
    this.metric.addSingle(value)
    if (this.isEchoed) this.echo('increment', value)
  }

  decrement(value = 1): void {
    this.metric.addSingle(-value)
    this.echo('decrement', value)
  }

  observe(value: number): void {
    this.metric.observe(SINGLE, value)
    this.echo('observe', value)
  }

  timer(): StopTimer {
    return this.startTimer(SINGLE)
  }
}

/** The same with one label: values come as an object by the label's values. */
export class GroupHandle extends Handle {
  update(values: GroupValues): void {
    for (const [key, value] of Object.entries(values)) this.metric.set(key, value ?? Number.NaN)
    this.echo('update', values)
  }

  increment(values: GroupSteps): void {
    for (const [key, value] of Object.entries(values)) this.metric.add(key, stepOf(value))
    this.echo('increment', values)
  }

  decrement(values: GroupSteps): void {
    for (const [key, value] of Object.entries(values)) this.metric.add(key, -stepOf(value))
    this.echo('decrement', values)
  }

  observe(values: GroupValues): void {
    for (const [key, value] of Object.entries(values)) this.metric.observe(key, value ?? Number.NaN)
    this.echo('observe', values)
  }

  timer(key: string): StopTimer {
    return this.startTimer(key, key)
  }
}

/** In libp2p, `true` stands for one. */
function stepOf(value: unknown): number {
  return typeof value === 'number' ? value : value === undefined ? 0 : 1
}
