import type { Server } from 'node:http'
import { apiLevel, type Transport } from '@tidegauge/core'
import { parseOptions, type PrometheusOptions } from './options.js'
import { createHandler, type HandlerState, type RequestHandler } from './server/handler.js'
import { close, listen, urlOf } from './server/listen.js'
import { version } from './version.js'

/** The pull transport: a page that Prometheus and its kin scrape. */
export interface PrometheusTransport extends Transport {
  /** Serves every page on a server that the host has; answers 503 while the host is not running. */
  readonly handler: RequestHandler
  /** Where the metrics are, once its own server listens. */
  readonly url: string | undefined
}

/**
 * Makes the transport; nothing is opened before the host starts. Throws `OPTIONS_INVALID`.
 *
 * Serves `/metrics` (text 0.0.4, OpenMetrics 1.0.0 or JSON, as asked; gzip; `name[]` and `plugin[]` filters),
 * `/health`, `/-/healthy`, `/-/ready` and a page of links at `/`.
 */
export function prometheus(options?: PrometheusOptions): PrometheusTransport {
  const settings = parseOptions(options)
  const state: HandlerState = { context: undefined, settings, inFlight: 0 }
  const handler = createHandler(state)
  let server: Server | undefined
  const url = () => (server === undefined ? undefined : `${urlOf(server)}${settings.path}`)
  return {
    name: settings.name,
    version,
    apiLevel,
    handler,
    get url() {
      return url()
    },
    async start(context) {
      if (settings.server === 'own') server = await listen(handler, settings.host, settings.port)
      state.context = context
    },
    async stop() {
      const closing = server
      server = undefined
      if (closing !== undefined) await close(closing)
      state.context = undefined
    },
    describe: (): Record<string, string> =>
      server === undefined ? { path: settings.path } : { url: url()! },
  }
}
