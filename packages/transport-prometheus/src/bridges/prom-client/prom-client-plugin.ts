import { OptionCheck, type Plugin } from '@tidegauge/core'
import type { BridgeInstruments } from '../bridge-instruments.js'
import { parseBridgeOptions, type BridgeOptions, type BridgeSettings } from '../bridge-options.js'
import { bridgePlugin } from '../bridge-plugin.js'
import type { PromRegistry } from './prom-registry.js'
import { RegistryReader } from './registry-reader.js'

/** Options of {@link promClientPlugin}. */
export type PromClientOptions = BridgeOptions

/**
 * Makes a plugin that reads a registry of prom-client or @prometheus-io/client at each collect pass, so that every
 * transport exports the application's own metrics too.
 *
 * Values and exemplars are exact. What is removed from the registry is removed here. A metric whose name is taken is
 * left out, counted and logged once. Throws `OPTIONS_INVALID`.
 */
export function promClientPlugin(
  register: PromRegistry,
  options?: PromClientOptions,
): Plugin<BridgeInstruments> {
  return registryPlugin(() => register, parseOptions(register, options))
}

function parseOptions(register: PromRegistry, options: PromClientOptions | undefined): BridgeSettings {
  const check = new OptionCheck('plugin "prom-client"')
  const isRegistry = typeof register?.getMetricsAsJSON === 'function'
  check.expect(isRegistry, 'register', register, 'a registry of prom-client or @prometheus-io/client')
  const settings = parseBridgeOptions(check, options, 'prom-client')
  check.assertNoIssues()
  return settings
}

/** Makes the plugin of a registry. `openRegistry` is called at every start. */
export function registryPlugin(
  openRegistry: () => PromRegistry,
  settings: BridgeSettings,
): Plugin<BridgeInstruments> {
  return bridgePlugin(settings, (recorder) => new RegistryReader(openRegistry(), settings.name, recorder))
}
