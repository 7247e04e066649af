import { describeThrown, type InstrumentDefinition, type TidegaugeError } from '@tidegauge/core'
import { SkipTeller } from './skip-teller.js'
import { LabelScratch } from './label-scratch.js'
import { dropReasons } from './source-family.js'
import type { BridgeContext, SampleDropReason, SkipReason, SourceFamily } from './source-family.js'
import { isNumber, PointRecording, type AnyHandle } from './point-recording.js'
import type { Slices } from './slices.js'

/** Points between two looks at the time. */
const POINTS_AT_ONCE = 512

interface Known {
  /** What the instrument was defined from, without its labels. */
  readonly shape: string
  readonly scratch: LabelScratch
  readonly handle: AnyHandle
  /** The pass that last told it. */
  pass: number
}

/** How a source is told apart in core. */
export interface RecorderSettings {
  /** Begins every name. */
  readonly prefix: string
  /** Most series of one metric; the host's limit when left out. */
  readonly seriesLimit: number | undefined
}

/**
 * Records the families of a foreign source into instruments that are defined as they turn up.
 *
 * A metric whose labels, kind, bounds or help change is defined anew, whole, in one go: its source has all of its
 * totals. A metric or series that the source no longer has disappears. Nothing is ever merged into an instrument of
 * somebody else: what clashes is left out, counted, and told once.
 */
export class FamilyRecorder {
  readonly #context: BridgeContext
  readonly #settings: RecorderSettings
  readonly #known = new Map<string, Known>()
  readonly #skips: SkipTeller
  #pass = 0

  constructor(context: BridgeContext, settings: RecorderSettings) {
    this.#context = context
    this.#settings = settings
    this.#skips = new SkipTeller(context.logger)
  }

  /** Begins a pass. */
  begin(): void {
    this.#pass++
    this.#skips.begin()
  }

  /** Records one metric, in slices. Rejects only when the slices are aborted. */
  async record(source: SourceFamily, slices: Slices): Promise<void> {
    const family = { ...source, name: this.#settings.prefix + source.name }
    try {
      await this.#recordFamily(family, slices)
    } catch (thrown) {
      slices.assertGoingOn()
      const isClash = (thrown as Partial<TidegaugeError>)?.code === 'REGISTRATION_NAME_CLASH'
      this.skip(source.name, isClash ? 'name_clash' : 'invalid', describeThrown(thrown))
    }
  }

  /** Leaves a metric out for this pass, and tells why, once. */
  skip(name: string, reason: SkipReason, why: string): void {
    this.#skips.skip(this.#settings.prefix + name, reason, why)
  }

  drop(reason: SampleDropReason, count = 1): void {
    this.#context.instruments.dropped.inc({ reason }, count)
  }

  /** Ends a pass. When the source told all that it has, what it did not tell is forgotten. */
  finish(isWhole: boolean): void {
    if (isWhole) for (const [name, { pass }] of this.#known) if (pass !== this.#pass) this.#forget(name)
    for (const [reason, count] of this.#skips.counts) this.#context.instruments.skipped.set({ reason }, count)
  }

  /** Takes everything out again. */
  clear(): void {
    for (const name of this.#known.keys()) this.#forget(name)
  }

  async #recordFamily(family: SourceFamily, slices: Slices): Promise<void> {
    const shape = shapeOf(family)
    let known = this.#known.get(family.name)
    if (known?.pass === this.#pass) {
      const why = 'the source has two metrics of this name, the first of which is taken; rename one of them'
      return this.#skips.skip(family.name, 'name_clash', why)
    }
    // without labels its one series would be there at once, with a zero that nobody told
    if (!family.points.some((point) => isNumber(family.kind, point)))
      return this.drop('not_a_number', family.points.length)
    const names = known?.shape === shape ? known.scratch.with(family.points) : undefined
    const isDefinedAnew = known !== undefined && names?.length !== known.scratch.names.length
    if (known === undefined || isDefinedAnew)
      known = this.#define(family, shape, names ?? labelNamesOf(family))
    known.pass = this.#pass
    const recording = new PointRecording(family.kind, known)
    for (const [i, point] of family.points.entries()) {
      recording.take(point)
      // what was defined anew has lost its series: nobody shall see it before they are back
      if (!isDefinedAnew && i % POINTS_AT_ONCE === 0) await slices.pause()
    }
    for (const reason of dropReasons) this.drop(reason, recording.dropped[reason])
  }

  #define(family: SourceFamily, shape: string, labelNames: readonly string[]): Known {
    this.#forget(family.name)
    const { points: _, labelNames: __, ...rest } = family
    const scratch = new LabelScratch(labelNames)
    const given = {
      ...rest,
      labels: Object.fromEntries(scratch.names.map((name) => [name, {}])),
      lifetime: 'collect',
      seriesLimit: this.#settings.seriesLimit,
    }
    const definition = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    const handle = this.#context.define(definition as unknown as InstrumentDefinition)
    const known: Known = { shape, scratch, handle: handle as unknown as AnyHandle, pass: 0 }
    this.#known.set(family.name, known)
    return known
  }

  #forget(name: string): void {
    if (this.#known.delete(name)) this.#context.forget(name)
  }
}

function labelNamesOf({ labelNames, points }: SourceFamily): string[] {
  return new LabelScratch(labelNames).with(points)
}

function shapeOf(family: SourceFamily): string {
  return JSON.stringify({ ...family, points: undefined, labelNames: undefined })
}
