import cluster from 'node:cluster'
import type { DeadlineContext, Transport, TransportContext } from '@tidegauge/core'
import { parseOptions, type PrometheusOptions, type PrometheusSettings } from './options.js'
import { closeSecurity, openSecurity, requiresAuth, type Security } from './security/security.js'
import { createHandler, type HandlerState, type RequestHandler } from './server/handler.js'
import { close, listen, urlOf, type Listening } from './server/listen.js'
import type { Scrape } from './server/scrapes.js'
import { version } from './version.js'

/** The pull transport: serves a page that Prometheus scrapes. */
export interface PrometheusTransport extends Transport {
  /**
   * Serves the metrics on a server of yours, and by the option `handlerPages` the other pages. Answers 503 for the
   * metrics while the host is not running. Every other path is left to `next`, or gets 404.
   */
  readonly handler: RequestHandler
  /** The URL of the metrics while the transport's own server listens. */
  readonly url: string | undefined
}

/**
 * Creates the transport. Nothing is opened or read before the host starts. Throws `OPTIONS_INVALID`.
 *
 * Serves `/metrics` (text 0.0.4, OpenMetrics 1.0.0, protobuf or JSON by `Accept`; gzip; the filters `name[]` and
 * `plugin[]`), `/health`, `/-/healthy`, `/-/ready` and a page of links at `/`.
 */
export function prometheus(options?: PrometheusOptions): PrometheusTransport {
  const settings = parseOptions(options)
  const { maxScrapes, clientTimeoutMs } = settings.limits
  const scrapes = { maxScrapes, clientTimeoutMs, active: new Set<Scrape>(), waiting: 0 }
  const state: HandlerState = { context: undefined, security: undefined, settings, scrapes }
  const ownHandler = createHandler(state, { pages: 'all', isPrivate: loopback.test(settings.host) })
  let listening: Listening | undefined
  return {
    name: settings.name,
    version,
    apiLevel: 1,
    handler: createHandler(state, { pages: settings.handlerPages, isPrivate: false }),
    get url() {
      return listening && metricsUrl(listening, settings.path)
    },
    async start(context) {
      const { clock, logger } = context
      const security = openSecurity(settings.security, { logger, monotonic: () => clock.monotonic() })
      state.security = security
      // before the server listens: a request may come at once
      state.context = context
      if (settings.server === 'own')
        listening = await listen(ownHandler, { ...settings, live: security.live })
      warnOfExposure(settings, security, context)
      warnOfCluster(settings, context)
    },
    async stop(deadline) {
      const closing = listening
      listening = undefined
      if (closing !== undefined) await close(closing, timeLeftMs(state.context, deadline))
      state.context = undefined
      if (state.security !== undefined) await closeSecurity(state.security)
    },
    describe: () => describe(settings, state.security, listening),
  }
}

/** How long a stop may take; undefined when the host has not said. */
function timeLeftMs(
  context: TransportContext | undefined,
  deadline: DeadlineContext | undefined,
): number | undefined {
  return context && deadline && Math.max(deadline.deadlineMs - context.clock.monotonic(), 0)
}

function metricsUrl(listening: Listening, path: string): string {
  return `${urlOf(listening)}${path}`
}

function describe(
  { path }: PrometheusSettings,
  security: Security | undefined,
  listening: Listening | undefined,
): Record<string, string> {
  const problem = security?.live.problem
  const closed = listening?.connections.closed ?? 0
  return {
    ...(listening === undefined ? { path } : { url: metricsUrl(listening, path) }),
    ...(closed > 0 && { closedConnections: String(closed) }),
    ...(problem !== undefined && { webConfigProblem: problem }),
  }
}

const loopback = /^(?:127\.\d+\.\d+\.\d+|::1|localhost)$/

function warnOfCluster({ server }: PrometheusSettings, { logger }: TransportContext): void {
  if (!cluster.isWorker || server === 'none') return
  logger.warn(
    'workers of node:cluster share a port, so that each scrape reads another worker: give each a port of its own, such as port: 9464 + cluster.worker.id, and scrape all of them',
  )
}

function warnOfExposure(
  settings: PrometheusSettings,
  security: Security,
  { logger }: TransportContext,
): void {
  const { tls } = security.live.loaded.spec
  if (settings.server === 'none') {
    if (tls !== undefined) logger.warn('the TLS settings of the web config are ignored: the server is yours')
    return
  }
  if (loopback.test(settings.host) || tls !== undefined) return
  if (requiresAuth(security)) logger.warn('passwords and tokens are sent unencrypted: set up TLS')
  else logger.warn(`everybody who can reach ${settings.host} may read the metrics: set up TLS and users`)
}
