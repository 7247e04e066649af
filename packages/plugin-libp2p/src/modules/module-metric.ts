import { Calculation } from './calculation.js'
import type { ModuleDefinition } from './definition.js'

/** The key of the value of a metric that is not a group. */
export const SINGLE = ''

const MAX_KEYS = 10_000
const MAX_WAITING_SAMPLES = 10_000
/** A node that restarts registers its callbacks again and again. */
const MAX_CALCULATIONS = 64

/** Writes a value; `key` is the value of a group's label. */
export type WriteValue = (key: string, value: number) => void

/** One metric of a module, with its values. */
export interface ModuleValues {
  readonly definition: ModuleDefinition
  /** Writes every value. A histogram or summary goes on to write each sample, at once, until its source stops. */
  writeTo(write: WriteValue): void
}

/**
 * The values that a module recorded in one metric.
 *
 * Gauges and counters are kept as numbers, and written at each pass. Samples of histograms and summaries go to the
 * instrument at once; while there is none, at most {@link MAX_WAITING_SAMPLES} wait.
 */
export class ModuleMetric implements ModuleValues {
  readonly definition: ModuleDefinition
  readonly isDistribution: boolean
  readonly #isKept: boolean
  readonly #isGroup: boolean
  /** What a step must be at least: a counter takes no negative one. */
  readonly #minStep: number
  /** Of a metric that is not a group: a field of its own, since modules count packets with it. */
  #single = 0
  readonly #values = new Map<string, number>()
  readonly #calculations: Calculation[] = []
  #calculated: (readonly [key: string, value: number])[] = []
  #waiting: [key: string, value: number][] = []
  #write: WriteValue | undefined

  /** An `unused` metric takes every value and keeps none: it stands for one that is not exported. */
  constructor(definition: ModuleDefinition, use: 'exported' | 'unused' = 'exported') {
    const { kind } = definition
    this.definition = definition
    this.isDistribution = kind === 'histogram' || kind === 'summary'
    this.#isKept = use === 'exported'
    this.#isGroup = definition.label !== undefined
    this.#minStep = kind === 'counter' ? 0 : -Infinity
  }

  set(key: string, value: number): void {
    if (!this.#isKept || !Number.isFinite(value)) return
    if (!this.#isGroup) this.#single = value
    else if (this.#values.has(key) || this.#values.size < MAX_KEYS) this.#values.set(key, value)
  }

  /** Adds to a value of a group. */
  add(key: string, value: number): void {
    if (value >= this.#minStep) this.set(key, (this.#values.get(key) ?? 0) + value)
  }

  /** Adds to a metric that is not a group: a few instructions, for modules that count each packet. */
  addSingle(value: number): void {
    const sum = this.#single + value
    if (value >= this.#minStep && sum - sum === 0) this.#single = sum
  }

  observe(key: string, value: number): void {
    if (!this.#isKept || !Number.isFinite(value)) return
    if (this.#write !== undefined) this.#write(key, value)
    else if (this.#waiting.length < MAX_WAITING_SAMPLES) this.#waiting.push([key, value])
  }

  reset(): void {
    this.#waiting = []
    this.#values.clear()
    this.#single = 0
  }

  /** From now on the values are what this function returns. Several functions each return some of them. */
  addCalculation(calculate: () => unknown): void {
    this.#calculations.push(new Calculation(calculate))
    if (this.#calculations.length > MAX_CALCULATIONS) this.#calculations.shift()
  }

  /** Calculates the values of one pass. Returns what to wait for; what comes later than the next call is dropped. */
  calculate(onError: (thrown: unknown) => void): Promise<void>[] {
    const values: (readonly [key: string, value: number])[] = []
    this.#calculated = values
    const onResult = (result: unknown): void => {
      for (const entry of this.#valuesIn(result)) values.push(entry)
    }
    return this.#calculations.flatMap((calculation) => calculation.run(onResult, onError) ?? [])
  }

  writeTo(write: WriteValue): void {
    if (this.isDistribution) this.#write = write
    for (const [key, value] of this.#waiting.splice(0)) write(key, value)
    for (const [key, value] of this.#present()) write(key, value)
  }

  /** Samples wait again. */
  stop(): void {
    this.#write = undefined
  }

  #present(): Iterable<readonly [key: string, value: number]> {
    if (this.#calculations.length > 0) return this.#calculated
    return this.#isGroup || this.isDistribution ? this.#values : [[SINGLE, this.#single]]
  }

  #valuesIn(result: unknown): [key: string, value: number][] {
    const values: [string, unknown][] = this.#isGroup ? Object.entries(Object(result)) : [[SINGLE, result]]
    return values.filter((entry): entry is [string, number] => Number.isFinite(entry[1]))
  }
}
