import type { ModuleDefinition, Report } from './definition.js'

/** The key under which a metric that is no group keeps its value. */
export const SINGLE = ''

const MAX_KEYS = 10_000
const MAX_WAITING_SAMPLES = 10_000

/**
 * The values that a module recorded in one metric.
 *
 * Gauges and counters are kept as numbers and told at each collect pass. Samples of histograms and summaries
 * go to the instrument at once, and wait while there is none (at most {@link MAX_WAITING_SAMPLES}).
 */
export class ModuleMetric {
  readonly definition: ModuleDefinition
  /** The instrument, while the plugin runs and the name is ours to use. */
  report: Report | undefined
  readonly #muted: boolean
  readonly #isGroup: boolean
  /** What one step may be at least: a counter takes no negative one. */
  readonly #leastStep: number
  /** Of a metric that is no group: a number of its own, since modules count packets with it. */
  #single = 0
  readonly #values = new Map<string, number>()
  #waiting: [key: string, value: number][] = []

  /** A muted metric takes everything and keeps nothing: it stands for one that is not exported. */
  constructor(definition: ModuleDefinition, audible: 'audible' | 'muted' = 'audible') {
    this.definition = definition
    this.#muted = audible === 'muted'
    this.#isGroup = definition.label !== undefined
    this.#leastStep = definition.kind === 'counter' ? 0 : Number.NEGATIVE_INFINITY
  }

  get isDistribution(): boolean {
    return this.definition.kind === 'histogram' || this.definition.kind === 'summary'
  }

  set(key: string, value: number): void {
    if (this.#muted || !Number.isFinite(value)) return
    if (!this.#isGroup) this.#single = value
    else if (this.#values.has(key) || this.#values.size < MAX_KEYS) this.#values.set(key, value)
  }

  /** Adds to a group's value. */
  add(key: string, value: number): void {
    if (value >= this.#leastStep) this.set(key, (this.#values.get(key) ?? 0) + value)
  }

  /** Adds to a metric that is no group: a few instructions, for modules that count each packet. */
  addSingle(value: number): void {
    const sum = this.#single + value
    if (value >= this.#leastStep && sum - sum === 0) this.#single = sum
  }

  observe(key: string, value: number): void {
    if (this.#muted || !Number.isFinite(value)) return
    if (this.report !== undefined) this.report(key, value)
    else if (this.#waiting.length < MAX_WAITING_SAMPLES) this.#waiting.push([key, value])
  }

  reset(): void {
    this.#waiting = []
    this.#values.clear()
    this.#single = 0
  }

  /** Tells the samples that waited, and the values as they are now. */
  flush(): void {
    const { report } = this
    if (report === undefined) return
    for (const [key, value] of this.#waiting.splice(0)) report(key, value)
    for (const [key, value] of this.#values) report(key, value)
    if (!this.#isGroup && !this.isDistribution) report(SINGLE, this.#single)
  }
}
