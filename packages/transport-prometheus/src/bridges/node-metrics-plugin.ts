import { OptionCheck, type Plugin } from '@tidegauge/core'
import type { BridgeInstruments } from './bridge-instruments.js'
import { parseBridgeOptions, type BridgeOptions } from './bridge-options.js'
import { registryPlugin } from './prom-client-plugin.js'
import type { PromRegistry } from './prom-registry.js'

/** What is taken of the modules prom-client and @prometheus-io/client. */
export interface PromClientModule {
  readonly Registry: new () => PromRegistry
  /** `never` fits the options of either library. */
  collectDefaultMetrics(config: never): void
}

/** What `nodeMetricsPlugin()` takes. */
export interface NodeMetricsOptions extends BridgeOptions {
  /** What `collectDefaultMetrics` is given beside its registry, such as `eventLoopMonitoringPrecision`. */
  readonly config?: Readonly<Record<string, unknown>>
}

/**
 * The default Node.js metrics of prom-client or @prometheus-io/client (`process_*`, `nodejs_*`), from a registry of
 * their own, which is made at the first start. The libraries can't end their collection: it is kept for the next start.
 * Throws `OPTIONS_INVALID`.
 */
export function nodeMetricsPlugin(
  client: PromClientModule,
  options?: NodeMetricsOptions,
): Plugin<BridgeInstruments> {
  const check = new OptionCheck('plugin "node-metrics"')
  const isClient =
    typeof client?.Registry === 'function' && typeof client.collectDefaultMetrics === 'function'
  check.expect(isClient, 'client', client, 'the module prom-client or @prometheus-io/client')
  const settings = parseBridgeOptions(check, options, 'node-metrics', ['config'])
  check.assertNoIssues()
  let register: PromRegistry | undefined
  const open = () => {
    if (register === undefined) {
      register = new client.Registry()
      client.collectDefaultMetrics({ ...options?.config, register } as never)
    }
    return register
  }
  return registryPlugin(open, settings)
}
