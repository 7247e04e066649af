import { OptionCheck } from '@tidegauge/core'
import type { HistogramForm } from './encode/protobuf/metric-bodies.js'
import type { Limits } from './security/limits.js'
import { parseSecurity, securityKeys, type SecurityOptions } from './security/parse-options.js'
import type { SecuritySettings } from './security/security.js'

/** What `prometheus()` takes. */
export interface PrometheusOptions extends SecurityOptions {
  /** The transport's name in routes and reports. Default `prometheus`. */
  readonly name?: string
  /**
   * `own` (default): a server of its own. `none`: the host mounts `handler` on a server that it has.
   */
  readonly server?: 'own' | 'none'
  /** Default `127.0.0.1`: reachable from this machine only. */
  readonly host?: string
  /** Default 9464; 0 takes a free one, which `url` then tells. */
  readonly port?: number
  /** Where the metrics are. Default `/metrics`. */
  readonly path?: string
  /** How long a scrape collects when the scraper does not tell its own time. Default 10,000. */
  readonly scrapeTimeoutMs?: number
  /**
   * How exponential histograms are told in protobuf: as native histograms (default), as classic ones at powers of
   * two, or as both at once. The text formats know classic ones only.
   */
  readonly exponentialHistograms?: HistogramForm
}

/** The options, checked and complete. */
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
  'scrapeTimeoutMs',
  'exponentialHistograms',
  ...securityKeys,
]
const forms = ['native', 'classic', 'both'] as const

/** Throws `OPTIONS_INVALID` that names every wrong option. Does no I/O. */
export function parseOptions(options: PrometheusOptions = {}): PrometheusSettings {
  const check = new OptionCheck('transport "prometheus"')
  const given = check.object('', options, keys) as PrometheusOptions
  const path = check.text('path', given.path, '/metrics')
  check.expect(/^\/[\w\-./~]*$/.test(path), 'path', path, 'a path that begins with "/"')
  const server = check.choice('server', given.server, 'own', ['own', 'none'])
  const settings: PrometheusSettings = {
    name: check.text('name', given.name, 'prometheus'),
    server,
    host: check.text('host', given.host, '127.0.0.1'),
    port: check.integer('port', given.port, 9464, 0, 65_535),
    path,
    scrapeTimeoutMs: check.integer('scrapeTimeoutMs', given.scrapeTimeoutMs, 10_000, 1, 2 ** 31 - 1),
    exponentialHistograms: check.choice(
      'exponentialHistograms',
      given.exponentialHistograms,
      'native',
      forms,
    ),
    ...parseSecurity(check, given, server),
  }
  check.assertNoIssues()
  return settings
}
