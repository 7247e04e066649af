import {
  CollectError,
  describeThrown,
  describeValue,
  OptionCheck,
  type CollectContext,
  type Plugin,
} from '@tidegauge/core'
import { version } from '../version.js'
import { bridgeInstruments, type BridgeInstruments } from './bridge-instruments.js'
import { parseBridgeOptions, type BridgeOptions, type BridgeSettings } from './bridge-options.js'
import { FamilyRecorder } from './family-recorder.js'
import { readMetric } from './prom-families.js'
import { isOpenMetrics, type PromMetric, type PromRegistry } from './prom-registry.js'
import { Slices, untilAborted } from './slices.js'
import type { SourceFamily } from './source-family.js'

/** What `promClientPlugin()` takes. */
export type PromClientOptions = BridgeOptions

/**
 * Reads a registry of prom-client or @prometheus-io/client at each collect pass, so that an application's own metrics
 * go out over every transport.
 *
 * Values are taken over exactly, exemplars with them. What the registry no longer has disappears. A metric whose name
 * is taken is left out, counted and told once. Throws `OPTIONS_INVALID`.
 */
export function promClientPlugin(
  register: PromRegistry,
  options?: PromClientOptions,
): Plugin<BridgeInstruments> {
  const check = new OptionCheck('plugin "prom-client"')
  check.expect(
    typeof register?.getMetricsAsJSON === 'function',
    'register',
    register,
    'a registry of prom-client or @prometheus-io/client',
  )
  const settings = parseBridgeOptions(check, options, 'prom-client')
  check.assertNoIssues()
  return registryPlugin(() => register, settings)
}

/** `open` is called at the start, and again after each stop. */
export function registryPlugin(
  open: () => PromRegistry,
  settings: BridgeSettings,
): Plugin<BridgeInstruments> {
  let reading: RegistryReading | undefined
  return {
    name: settings.name,
    version,
    apiLevel: 1,
    instruments: bridgeInstruments(settings.name),
    start(context) {
      reading?.recorder.clear()
      reading = new RegistryReading(open(), settings.name, new FamilyRecorder(context, settings))
    },
    collect: (context) => reading?.collect(context),
    stop() {
      reading?.recorder.clear()
      reading = undefined
    },
  }
}

/** One registry while it is read. */
class RegistryReading {
  readonly recorder: FamilyRecorder
  readonly #register: PromRegistry
  readonly #plugin: string
  #pending: Promise<readonly PromMetric[]> | undefined

  constructor(register: PromRegistry, plugin: string, recorder: FamilyRecorder) {
    this.#register = register
    this.#plugin = plugin
    this.recorder = recorder
  }

  async collect({ signal }: Pick<CollectContext, 'signal'>): Promise<void> {
    const metrics = await untilAborted(this.#read(), signal)
    const { recorder } = this
    const labelNames = this.#labelNames()
    const format = isOpenMetrics(this.#register) ? 'openmetrics' : 'text'
    const slices = new Slices(signal)
    recorder.begin()
    for (const metric of metrics) {
      const family = familyOf(recorder, metric, () =>
        readMetric(metric, labelNames.get(metric.name) ?? [], format),
      )
      if (family !== undefined) await recorder.record(family, slices)
      await slices.pause()
    }
    recorder.finish(true)
  }

  /** A reading that hangs is waited for again, instead of a second one being begun beside it. */
  #read(): Promise<readonly PromMetric[]> {
    this.#pending ??= this.#readOnce().finally(() => (this.#pending = undefined))
    return this.#pending
  }

  async #readOnce(): Promise<readonly PromMetric[]> {
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

  /** By metric; the JSON does not tell them. */
  #labelNames(): Map<string, readonly string[]> {
    const names = new Map<string, readonly string[]>()
    for (const metric of this.#register.getMetricsAsArray?.() ?? []) {
      const { name, labelNames } = metric as { name?: unknown; labelNames?: unknown }
      if (typeof name === 'string' && Array.isArray(labelNames)) names.set(name, labelNames.map(String))
    }
    return names
  }
}

/** One metric that makes no sense costs the others nothing. */
function familyOf(
  recorder: FamilyRecorder,
  { name, type }: PromMetric,
  read: () => ReturnType<typeof readMetric>,
): SourceFamily | undefined {
  try {
    const metric = read()
    if (metric !== 'unsupported') {
      recorder.drop('duplicate', metric.duplicate)
      recorder.drop('malformed', metric.malformed)
      return metric.family
    }
    recorder.skip(name, 'unsupported', `its type ${describeValue(type)} has no counterpart`)
  } catch (thrown) {
    recorder.skip(name, 'invalid', describeThrown(thrown))
  }
  return undefined
}
