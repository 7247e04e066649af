import { OptionCheck, type Plugin } from '@tidegauge/core'
import type { BridgeInstruments } from '../bridge-instruments.js'
import { parseBridgeOptions, type BridgeOptions, type BridgeSettings } from '../bridge-options.js'
import { registryPlugin } from './prom-client-plugin.js'
import type { PromRegistry } from './prom-registry.js'

/** What is used of the modules prom-client and @prometheus-io/client. */
export interface PromClientModule {
  readonly Registry: new () => PromRegistry
  /** `never` fits the options of either library. */
  collectDefaultMetrics(config: never): void
}

/** Options of {@link nodeMetricsPlugin}. */
export interface NodeMetricsOptions extends BridgeOptions {
  /** Passed to `collectDefaultMetrics` with the registry, such as `eventLoopMonitoringPrecision`. Default: nothing. */
  readonly config?: Readonly<Record<string, unknown>>
}

interface NodeMetricsSettings extends BridgeSettings {
  readonly config: Readonly<Record<string, unknown>>
}

/**
 * Makes a plugin for the default Node.js metrics of prom-client or @prometheus-io/client (`process_*`, `nodejs_*`).
 *
 * They get a registry of their own at the first start. The libraries cannot stop their collection, so that registry
 * is used again at the next start. Throws `OPTIONS_INVALID`.
 */
export function nodeMetricsPlugin(
  client: PromClientModule,
  options?: NodeMetricsOptions,
): Plugin<BridgeInstruments> {
  const settings = parseOptions(client, options)
  let register: PromRegistry | undefined
  const openRegistry = () => {
    if (register === undefined) {
      register = new client.Registry()
      client.collectDefaultMetrics({ ...settings.config, register } as never)
    }
    return register
  }
  return registryPlugin(openRegistry, settings)
}

function parseOptions(
  client: PromClientModule,
  options: NodeMetricsOptions | undefined,
): NodeMetricsSettings {
  const check = new OptionCheck('plugin "node-metrics"')
  const isClient =
    typeof client?.Registry === 'function' && typeof client.collectDefaultMetrics === 'function'
  check.expect(isClient, 'client', client, 'the module prom-client or @prometheus-io/client')
  const settings = parseBridgeOptions(check, options, 'node-metrics', ['config'])
  check.assertNoIssues()
  return { ...settings, config: options?.config ?? {} }
}
