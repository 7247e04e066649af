export type { PrometheusOptions } from './options.js'
export type { RequestHandler } from './server/handler.js'
export { prometheus, type PrometheusTransport } from './transport.js'
