import { CollectError, describeThrown, describeValue, type CollectContext } from '@tidegauge/core'
import type { BridgeReader } from '../bridge-plugin.js'
import type { FamilyRecorder } from '../family-recorder.js'
import { Slices, untilAborted } from '../slices.js'
import type { SourceFamily } from '../source-family.js'
import { isOpenMetrics, type PromMetric, type PromRegistry } from './prom-registry.js'
import { readMetric } from './read-metric.js'

/** Reads one registry into a recorder. */
export class RegistryReader implements BridgeReader {
  readonly #register: PromRegistry
  readonly #plugin: string
  readonly #recorder: FamilyRecorder
  #pending: Promise<readonly PromMetric[]> | undefined

  constructor(register: PromRegistry, plugin: string, recorder: FamilyRecorder) {
    this.#register = register
    this.#plugin = plugin
    this.#recorder = recorder
  }

  /** Runs one collect pass. Rejects with `COLLECT_FAILED` when the registry rejects. */
  async read({ signal }: Pick<CollectContext, 'signal'>): Promise<void> {
    const metrics = await untilAborted(this.#metrics(), signal)
    const labelNames = this.#labelNames()
    const slices = new Slices(signal)
    this.#recorder.startPass()
    for (const metric of metrics) {
      const family = this.#familyOf(metric, labelNames.get(metric.name) ?? [])
      if (family !== undefined) await this.#recorder.record(family, slices)
      await slices.pause()
    }
    this.#recorder.finishPass('complete')
  }

  /** While a call of the registry hangs, later passes wait for it and do not call it again. */
  #metrics(): Promise<readonly PromMetric[]> {
    this.#pending ??= this.#callRegistry().finally(() => (this.#pending = undefined))
    return this.#pending
  }

  async #callRegistry(): Promise<readonly PromMetric[]> {
    try {
      return await this.#register.getMetricsAsJSON()
    } catch (thrown) {
      throw new CollectError(
        'COLLECT_FAILED',
        this.#plugin,
        `plugin "${this.#plugin}": the registry could not be read, a collect function in it failed: ${describeThrown(thrown)}`,
        thrown,
      )
    }
  }

  /** The label names of each metric, which the JSON does not have. */
  #labelNames(): Map<string, readonly string[]> {
    const names = new Map<string, readonly string[]>()
    for (const metric of this.#register.getMetricsAsArray?.() ?? []) {
      const { name, labelNames } = metric as { name?: unknown; labelNames?: unknown }
      if (typeof name === 'string' && Array.isArray(labelNames)) names.set(name, labelNames.map(String))
    }
    return names
  }

  /** A metric that cannot be read is left out; the others are not affected. */
  #familyOf(metric: PromMetric, labelNames: readonly string[]): SourceFamily | undefined {
    const { name, type } = metric
    try {
      const read = readMetric(metric, labelNames, isOpenMetrics(this.#register) ? 'openmetrics' : 'text')
      if (read !== 'unsupported') {
        this.#recorder.drop('duplicate', read.duplicate)
        this.#recorder.drop('malformed', read.malformed)
        return read.family
      }
      this.#recorder.skip(name, 'unsupported', `its type ${describeValue(type)} is not supported`)
    } catch (thrown) {
      this.#recorder.skip(name, 'invalid', describeThrown(thrown))
    }
    return undefined
  }
}
