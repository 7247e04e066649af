import { OptionCheck } from '@tidegauge/core'
import { parseBridgeOptions, type BridgeSettings } from '../bridge-options.js'
import type { OtelMetricProducer } from './otel-metrics.js'

/** Options of `openTelemetryPlugin()`. */
export interface OpenTelemetryOptions {
  /** The plugin's name; set it when a host has several. Default: `opentelemetry`. */
  readonly name?: string
  /** Put before the name of every metric. Default: nothing. */
  readonly prefix?: string
  /** The most series of one metric, in the SDK and here. Default: 2,000. */
  readonly seriesLimit?: number
  /** Whether series have the labels `otel_scope_name`, `otel_scope_version` and `otel_scope_schema_url`. Default: `on`. */
  readonly scopeLabels?: 'on' | 'off'
  /** Collected from in place of `reader`: a reader of your own or a metric producer, of cumulative temporality. */
  readonly producer?: OtelMetricProducer
}

/** The checked options. */
export interface OpenTelemetrySettings extends BridgeSettings {
  readonly seriesLimit: number
  readonly scopeLabels: 'on' | 'off'
  readonly producer: OtelMetricProducer | undefined
}

const DEFAULT_SERIES_LIMIT = 2_000

/** Throws `OPTIONS_INVALID` that names every wrong option. */
export function parseOptions(options: OpenTelemetryOptions | undefined): OpenTelemetrySettings {
  const check = new OptionCheck('plugin "opentelemetry"')
  const common = parseBridgeOptions(check, options, 'opentelemetry', ['scopeLabels', 'producer'])
  const scopeLabels = check.choice('scopeLabels', options?.scopeLabels, 'on', ['on', 'off'])
  const producer = options?.producer
  const isProducer = producer === undefined || typeof producer?.collect === 'function'
  check.expect(isProducer, 'producer', producer, 'an object with collect()')
  check.assertNoIssues()
  return { ...common, seriesLimit: common.seriesLimit ?? DEFAULT_SERIES_LIMIT, scopeLabels, producer }
}
