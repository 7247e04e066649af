import type { Plugin } from '@tidegauge/core'
import type { BridgeInstruments } from '../bridge-instruments.js'
import { bridgePlugin } from '../bridge-plugin.js'
import { parseOptions, type OpenTelemetryOptions } from './open-telemetry-options.js'
import { createReader, type OtelReader } from './otel-reader.js'
import { ProviderReader } from './provider-reader.js'

/** The plugin, and the reader for the `MeterProvider`. */
export interface OpenTelemetryPlugin extends Plugin<BridgeInstruments> {
  readonly reader: OtelReader
}

/**
 * Makes a plugin that reads an OpenTelemetry `MeterProvider` at each collect pass.
 *
 * Prometheus gets the metrics under the names of OpenTelemetry's rules for Prometheus; OTLP and StatsD get the
 * original names. The provider's resource is ignored: the host has its own. Throws `OPTIONS_INVALID`.
 */
export function openTelemetryPlugin(options?: OpenTelemetryOptions): OpenTelemetryPlugin {
  const settings = parseOptions(options)
  const binding = createReader(settings.seriesLimit)
  const plugin = bridgePlugin(
    settings,
    (recorder, { clock }) => new ProviderReader(settings, { binding, recorder, clock }),
  )
  return { ...plugin, reader: binding.reader }
}
