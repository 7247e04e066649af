import { describeThrown, type InstrumentDefinition, type TidegaugeError } from '@tidegauge/core'
import {
  dropReasons,
  type BridgeContext,
  type SampleDropReason,
  type SkipReason,
} from './bridge-instruments.js'
import type { BridgeSettings } from './bridge-options.js'
import { LabelBuffer } from './label-buffer.js'
import { isNumber, PointRecorder, type AnyHandle } from './point-recorder.js'
import { SkipCounts } from './skip-counts.js'
import type { Slices } from './slices.js'
import type { SourceFamily } from './source-family.js'

/** How many points are recorded between two checks of the time. */
const POINTS_PER_CHECK = 512

/** A metric that is defined in core. */
interface DefinedMetric {
  /** What the instrument was defined from, without its labels. */
  readonly shape: string
  readonly buffer: LabelBuffer
  readonly handle: AnyHandle
  /** The number of the last pass that had it. */
  pass: number
}

/**
 * Records the metrics of another library into instruments that are defined when the metrics first appear.
 *
 * A metric whose labels, kind, bounds or help change is defined again with all of its totals, in one step. A metric or
 * series that the library no longer has is removed. Nothing is merged into an instrument of another plugin: a metric
 * whose name clashes is left out, counted, and logged once.
 */
export class FamilyRecorder {
  readonly #context: BridgeContext
  readonly #settings: BridgeSettings
  readonly #defined = new Map<string, DefinedMetric>()
  readonly #skips: SkipCounts
  #pass = 0

  constructor(context: BridgeContext, settings: BridgeSettings) {
    this.#context = context
    this.#settings = settings
    this.#skips = new SkipCounts(context.logger)
  }

  /** Starts a pass. */
  startPass(): void {
    this.#pass++
    this.#skips.reset()
  }

  /** Records one metric, in slices. Rejects only when the pass is aborted. */
  async record(source: SourceFamily, slices: Slices): Promise<void> {
    const family = { ...source, name: this.#settings.prefix + source.name }
    try {
      await this.#recordFamily(family, slices)
    } catch (thrown) {
      slices.throwIfAborted()
      const isClash = (thrown as Partial<TidegaugeError>)?.code === 'REGISTRATION_NAME_CLASH'
      this.skip(source.name, isClash ? 'name_clash' : 'invalid', describeThrown(thrown))
    }
  }

  /** Leaves a metric out of this pass, and logs why, once. */
  skip(name: string, reason: SkipReason, why: string): void {
    this.#skips.add(this.#settings.prefix + name, reason, why)
  }

  /** Counts dropped samples. */
  drop(reason: SampleDropReason, count = 1): void {
    this.#context.instruments.dropped.inc({ reason }, count)
  }

  /** Ends a pass. After a complete one, the metrics that it did not have are removed. */
  finishPass(result: 'complete' | 'partial'): void {
    if (result === 'complete')
      for (const [name, { pass }] of this.#defined) if (pass !== this.#pass) this.#remove(name)
    for (const [reason, count] of this.#skips.byReason)
      this.#context.instruments.skipped.set({ reason }, count)
  }

  /** Removes all metrics. */
  clear(): void {
    for (const name of this.#defined.keys()) this.#remove(name)
  }

  async #recordFamily(family: SourceFamily, slices: Slices): Promise<void> {
    const shape = shapeOf(family)
    let metric = this.#defined.get(family.name)
    if (metric?.pass === this.#pass) {
      const why = 'the source has two metrics of this name, and the first is used; rename one of them'
      return this.#skips.add(family.name, 'name_clash', why)
    }
    // an instrument without labels would get its one series at once, with a zero that the source does not have
    if (!family.points.some((point) => isNumber(family.kind, point)))
      return this.drop('not_a_number', family.points.length)
    const names = metric?.shape === shape ? metric.buffer.namesWith(family.points) : undefined
    const isRedefined = metric !== undefined && names?.length !== metric.buffer.names.length
    if (metric === undefined || isRedefined)
      metric = this.#define(family, shape, names ?? labelNamesOf(family))
    metric.pass = this.#pass
    const recorder = new PointRecorder(family.kind, metric)
    for (const [i, point] of family.points.entries()) {
      recorder.record(point)
      // an instrument that was defined again has lost its series: no scrape may see it before they are back
      if (!isRedefined && i % POINTS_PER_CHECK === 0) await slices.pause()
    }
    for (const reason of dropReasons) this.drop(reason, recorder.dropped[reason])
  }

  #define(family: SourceFamily, shape: string, labelNames: readonly string[]): DefinedMetric {
    this.#remove(family.name)
    const { points: _, labelNames: __, ...rest } = family
    const buffer = new LabelBuffer(labelNames)
    const given = {
      ...rest,
      labels: Object.fromEntries(buffer.names.map((name) => [name, {}])),
      lifetime: 'collect',
      seriesLimit: this.#settings.seriesLimit,
    }
    const definition = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    const handle = this.#context.define(definition as unknown as InstrumentDefinition)
    const metric: DefinedMetric = { shape, buffer, handle: handle as unknown as AnyHandle, pass: 0 }
    this.#defined.set(family.name, metric)
    return metric
  }

  #remove(name: string): void {
    if (this.#defined.delete(name)) this.#context.forget(name)
  }
}

function labelNamesOf({ labelNames, points }: SourceFamily): string[] {
  return new LabelBuffer(labelNames).namesWith(points)
}

function shapeOf(family: SourceFamily): string {
  return JSON.stringify({ ...family, points: undefined, labelNames: undefined })
}
