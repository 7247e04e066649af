import { CollectError, describeThrown, type Clock, type CollectContext } from '@tidegauge/core'
import type { BridgeReader } from '../bridge-plugin.js'
import type { FamilyRecorder } from '../family-recorder.js'
import { Slices, untilAborted } from '../slices.js'
import { LabelTranslator } from './label-translator.js'
import type { OpenTelemetrySettings } from './open-telemetry-options.js'
import type { OtelCollection } from './otel-metrics.js'
import type { ReaderBinding } from './otel-reader.js'
import { readCollection } from './read-collection.js'

/** The part of a pass that callbacks may use, so that the others can still be recorded when one hangs. */
const CALLBACK_TIME_RATIO = 0.8

/** What a {@link ProviderReader} works with. */
export interface ProviderReaderDeps {
  readonly binding: ReaderBinding
  readonly recorder: FamilyRecorder
  readonly clock: Clock
}

/** Reads one `MeterProvider` into a recorder. */
export class ProviderReader implements BridgeReader {
  readonly #settings: OpenTelemetrySettings
  readonly #deps: ProviderReaderDeps
  readonly #labels = new LabelTranslator()
  #pending: Promise<OtelCollection> | undefined

  constructor(settings: OpenTelemetrySettings, deps: ProviderReaderDeps) {
    this.#settings = settings
    this.#deps = deps
  }

  /** Runs one collect pass. Rejects with `COLLECT_FAILED` when the provider or a callback fails. */
  async read({ signal, deadlineMs }: Pick<CollectContext, 'signal' | 'deadlineMs'>): Promise<void> {
    const { recorder } = this.#deps
    const { resourceMetrics, errors } = await untilAborted(this.#collection(deadlineMs), signal)
    const { scopeLabels } = this.#settings
    const { families, unsupported } = readCollection(resourceMetrics.scopeMetrics, this.#labels, scopeLabels)
    const slices = new Slices(signal)
    recorder.startPass()
    for (const { name, why } of unsupported) recorder.skip(name, 'unsupported', why)
    for (const family of families) {
      await recorder.record(family, slices)
      await slices.pause()
    }
    recorder.finishPass(errors.length === 0 ? 'complete' : 'partial')
    if (errors.length === 0) return
    const why = `${errors.length} callbacks failed, the first: ${describeThrown(errors[0])}`
    throw this.#failure(why, errors[0])
  }

  /** While a collection hangs, later passes wait for it and do not start another one. */
  #collection(deadlineMs: number): Promise<OtelCollection> {
    this.#pending ??= this.#collect(deadlineMs).finally(() => (this.#pending = undefined))
    return this.#pending
  }

  async #collect(deadlineMs: number): Promise<OtelCollection> {
    const { binding, clock } = this.#deps
    const producer = this.#settings.producer ?? binding.producer
    if (producer === undefined) throw this.#failure(whyUnbound(binding))
    const leftMs = deadlineMs - clock.monotonic()
    try {
      return await producer.collect({ timeoutMillis: Math.max(1, Math.floor(leftMs * CALLBACK_TIME_RATIO)) })
    } catch (thrown) {
      throw this.#failure(`the collection failed: ${describeThrown(thrown)}`, thrown)
    }
  }

  #failure(why: string, cause?: unknown): CollectError {
    const { name } = this.#settings
    return new CollectError('COLLECT_FAILED', name, `plugin "${name}": ${why}`, cause)
  }
}

function whyUnbound({ isShutDown }: ReaderBinding): string {
  return isShutDown
    ? 'its MeterProvider was shut down'
    : 'its reader is in no MeterProvider; pass it in readers'
}
