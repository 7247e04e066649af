import {
  CollectError,
  describeThrown,
  OptionCheck,
  type Clock,
  type CollectContext,
  type Plugin,
} from '@tidegauge/core'
import { version } from '../version.js'
import { bridgeInstruments, type BridgeInstruments } from './bridge-instruments.js'
import { parseBridgeOptions, type BridgeSettings } from './bridge-options.js'
import { FamilyRecorder } from './family-recorder.js'
import { readCollection } from './otel-families.js'
import { LabelTranslator } from './otel-labels.js'
import type { OtelCollection, OtelMetricProducer } from './otel-metrics.js'
import { createReader, type OtelReader, type ReaderBinding } from './otel-reader.js'
import { Slices, untilAborted } from './slices.js'

/** What `openTelemetryPlugin()` takes. */
export interface OpenTelemetryOptions {
  /** The plugin's name, to tell several providers apart. Default `opentelemetry`. */
  readonly name?: string
  /** Begins the name of every metric. Default: nothing. */
  readonly prefix?: string
  /** Most series of one metric, in the SDK and here. Default 2,000. */
  readonly seriesLimit?: number
  /** Whether series carry `otel_scope_name` and its like. Default `on`. */
  readonly scopeLabels?: 'on' | 'off'
  /** Collected from instead of `reader`: a reader of your own, or a metric producer. Must be cumulative. */
  readonly producer?: OtelMetricProducer
}

/** The plugin, and the reader that a `MeterProvider` is given. */
export interface OpenTelemetryPlugin extends Plugin<BridgeInstruments> {
  readonly reader: OtelReader
}

const DEFAULT_SERIES_LIMIT = 2_000

/**
 * Reads an OpenTelemetry `MeterProvider` at each collect pass, under the names that OpenTelemetry's rules give its
 * metrics in Prometheus; OTLP and StatsD get the name as it was. The provider's resource is left out: the host tells
 * what it is. Throws `OPTIONS_INVALID`.
 */
export function openTelemetryPlugin(options?: OpenTelemetryOptions): OpenTelemetryPlugin {
  const settings = parseOptions(options)
  const binding = createReader(settings.seriesLimit)
  let reading: ProviderReading | undefined
  return {
    name: settings.name,
    version,
    apiLevel: 1,
    instruments: bridgeInstruments(settings.name),
    reader: binding.reader,
    start(context) {
      reading?.recorder.clear()
      reading = new ProviderReading(settings, binding, context.clock, new FamilyRecorder(context, settings))
    },
    collect: (context) => reading?.collect(context),
    stop() {
      reading?.recorder.clear()
      reading = undefined
    },
  }
}

interface Settings extends BridgeSettings {
  readonly seriesLimit: number
  readonly scopeLabels: 'on' | 'off'
  readonly producer: OtelMetricProducer | undefined
}

function parseOptions(options: OpenTelemetryOptions | undefined): Settings {
  const check = new OptionCheck('plugin "opentelemetry"')
  const common = parseBridgeOptions(check, options, 'opentelemetry', ['scopeLabels', 'producer'])
  const scopeLabels = check.choice('scopeLabels', options?.scopeLabels, 'on', ['on', 'off'])
  const producer = options?.producer
  const isProducer = producer === undefined || typeof producer?.collect === 'function'
  check.expect(isProducer, 'producer', producer, 'an object with collect()')
  check.assertNoIssues()
  return { ...common, seriesLimit: common.seriesLimit ?? DEFAULT_SERIES_LIMIT, scopeLabels, producer }
}

/** One provider while it is read. */
class ProviderReading {
  readonly recorder: FamilyRecorder
  readonly #settings: Settings
  readonly #binding: ReaderBinding
  readonly #clock: Clock
  readonly #labels = new LabelTranslator()
  #pending: Promise<OtelCollection> | undefined

  constructor(settings: Settings, binding: ReaderBinding, clock: Clock, recorder: FamilyRecorder) {
    this.#settings = settings
    this.#binding = binding
    this.#clock = clock
    this.recorder = recorder
  }

  async collect({ signal, deadlineMs }: CollectContext): Promise<void> {
    const { recorder } = this
    const { resourceMetrics, errors } = await untilAborted(this.#read(deadlineMs), signal)
    const { scopeLabels } = this.#settings
    const { families, unsupported } = readCollection(resourceMetrics.scopeMetrics, this.#labels, scopeLabels)
    const slices = new Slices(signal)
    recorder.begin()
    for (const { name, why } of unsupported) recorder.skip(name, 'unsupported', why)
    for (const family of families) {
      await recorder.record(family, slices)
      await slices.pause()
    }
    recorder.finish(errors.length === 0)
    if (errors.length > 0)
      throw this.#failed(
        `${errors.length} callbacks failed, the first: ${describeThrown(errors[0])}`,
        errors[0],
      )
  }

  /** A collection that hangs is waited for again, instead of a second one being begun beside it. */
  #read(deadlineMs: number): Promise<OtelCollection> {
    this.#pending ??= this.#readOnce(deadlineMs).finally(() => (this.#pending = undefined))
    return this.#pending
  }

  async #readOnce(deadlineMs: number): Promise<OtelCollection> {
    const producer = this.#settings.producer ?? this.#binding.producer
    if (producer === undefined) throw this.#failed(this.#whyUnbound())
    // callbacks are given up a little earlier than the pass, so that the rest still comes
    const timeoutMillis = Math.max(1, Math.floor((deadlineMs - this.#clock.monotonic()) * 0.8))
    try {
      return await producer.collect({ timeoutMillis })
    } catch (thrown) {
      throw this.#failed(`the collection failed: ${describeThrown(thrown)}`, thrown)
    }
  }

  #whyUnbound(): string {
    return this.#binding.isShutDown
      ? 'its MeterProvider was shut down'
      : 'its reader is in no MeterProvider; pass it in readers'
  }

  #failed(why: string, cause?: unknown): CollectError {
    const { name } = this.#settings
    return new CollectError('COLLECT_FAILED', name, `plugin "${name}": ${why}`, cause)
  }
}
