import { OptionCheck } from '@tidegauge/core'
import type { HistogramForm } from './encode/protobuf/metric-bodies.js'
import type { Limits } from './security/limits.js'
import { securityKeys, type SecurityOptions } from './security/options.js'
import { parseSecurity } from './security/parse-options.js'
import type { SecuritySettings } from './security/spec.js'
import type { HandlerPages } from './server/handler-pages.js'

/** Options of `prometheus()`. */
export interface PrometheusOptions extends SecurityOptions {
  /** The transport's name in routes, `/health` and self-metrics. Default: `prometheus`. */
  readonly name?: string
  /** `own`: the transport opens a server. `none`: your server calls `handler`. Default: `own`. */
  readonly server?: 'own' | 'none'
  /** The address to listen on; `0.0.0.0` for all. Only this machine can reach the default. Default: `127.0.0.1`. */
  readonly host?: string
  /** The port to listen on; 0 chooses a free one, which `url` contains. Default: 9464. */
  readonly port?: number
  /** The path of the metrics. Default: `/metrics`. */
  readonly path?: string
  /**
   * What `handler` serves on a server of yours: `metrics`, or `all` pages, which are `/`, `/health`, `/-/healthy` and
   * `/-/ready` as well. Default: `metrics`.
   */
  readonly handlerPages?: HandlerPages
  /** How long a scrape may collect when the scraper does not send a timeout of its own. Default: 10,000. */
  readonly scrapeTimeoutMs?: number
  /**
   * How protobuf has exponential histograms: as native histograms, as classic ones at powers of two, or as both. The
   * text formats only have classic ones. Default: `native`.
   */
  readonly exponentialHistograms?: HistogramForm
}

/** The checked options. */
export interface PrometheusSettings extends Required<Omit<PrometheusOptions, keyof SecurityOptions>> {
  readonly security: SecuritySettings
  readonly limits: Limits
}

const keys = [
  'name',
  'server',
  'host',
  'port',
  'path',
  'handlerPages',
  'scrapeTimeoutMs',
  'exponentialHistograms',
  ...securityKeys,
]
const forms = ['native', 'classic', 'both'] as const

/** Checks the options. Throws `OPTIONS_INVALID` that names every wrong one. */
export function parseOptions(options: PrometheusOptions = {}): PrometheusSettings {
  const check = new OptionCheck('transport "prometheus"')
  const given = check.object('', options, keys) as PrometheusOptions
  const path = check.text('path', given.path, '/metrics')
  check.expect(/^\/[\w\-./~]*$/.test(path), 'path', path, 'a path that starts with "/"')
  const server = check.choice('server', given.server, 'own', ['own', 'none'])
  const form = check.choice('exponentialHistograms', given.exponentialHistograms, 'native', forms)
  const settings: PrometheusSettings = {
    name: check.text('name', given.name, 'prometheus'),
    server,
    handlerPages: check.choice('handlerPages', given.handlerPages, 'metrics', ['metrics', 'all']),
    host: check.text('host', given.host, '127.0.0.1'),
    port: check.integer('port', given.port, 9464, 0, 65_535),
    path,
    scrapeTimeoutMs: check.integer('scrapeTimeoutMs', given.scrapeTimeoutMs, 10_000, 1, 2 ** 31 - 1),
    exponentialHistograms: form,
    ...parseSecurity(check, given, server),
  }
  check.assertNoIssues()
  return settings
}
