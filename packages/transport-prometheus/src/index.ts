export type { BridgeOptions } from './bridges/bridge-options.js'
export type { OpenTelemetryOptions } from './bridges/open-telemetry/open-telemetry-options.js'
export {
  openTelemetryPlugin,
  type OpenTelemetryPlugin,
} from './bridges/open-telemetry/open-telemetry-plugin.js'
export type { OtelCollection, OtelMetricProducer } from './bridges/open-telemetry/otel-metrics.js'
export type { OtelReader } from './bridges/open-telemetry/otel-reader.js'
export {
  nodeMetricsPlugin,
  type NodeMetricsOptions,
  type PromClientModule,
} from './bridges/prom-client/node-metrics-plugin.js'
export { promClientPlugin, type PromClientOptions } from './bridges/prom-client/prom-client-plugin.js'
export type { PromMetric, PromRegistry, PromSample } from './bridges/prom-client/prom-registry.js'
export {
  serveThrough,
  type ServeThroughOptions,
  type ServingRegistry,
} from './bridges/prom-client/serve-through.js'
export type { PrometheusOptions } from './options.js'
export type { Limits } from './security/limits.js'
export type { SecurityOptions, TlsOptions } from './security/options.js'
export type { RequestHandler } from './server/handler.js'
export { prometheus, type PrometheusTransport } from './transport.js'
