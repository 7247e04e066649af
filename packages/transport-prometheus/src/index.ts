export type { BridgeOptions } from './bridges/bridge-options.js'
export {
  nodeMetricsPlugin,
  type NodeMetricsOptions,
  type PromClientModule,
} from './bridges/node-metrics-plugin.js'
export {
  openTelemetryPlugin,
  type OpenTelemetryOptions,
  type OpenTelemetryPlugin,
} from './bridges/open-telemetry-plugin.js'
export type { OtelCollection, OtelMetricProducer } from './bridges/otel-metrics.js'
export type { OtelReader } from './bridges/otel-reader.js'
export { promClientPlugin, type PromClientOptions } from './bridges/prom-client-plugin.js'
export type { PromMetric, PromRegistry, PromSample } from './bridges/prom-registry.js'
export { serveThrough, type ServeThroughOptions, type ServingRegistry } from './bridges/serve-through.js'
export type { PrometheusOptions } from './options.js'
export type { Limits } from './security/limits.js'
export type { SecurityOptions, TlsOptions } from './security/parse-options.js'
export type { RequestHandler } from './server/handler.js'
export { prometheus, type PrometheusTransport } from './transport.js'
