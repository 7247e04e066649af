import { describeThrown } from '../errors/describe.js'
import type { Transport } from '../contract/transport.js'
import type { HostSettings } from './options.js'
import type { PluginRunner } from './plugin-runner.js'
import type { HealthReport, HostDescription } from '../contract/report.js'
import type { TransportRunner } from './transport-runner.js'
import type { Registry } from '../registry/registry.js'

interface DescribedHost {
  readonly settings: HostSettings
  readonly state: string
  readonly startedAtMs: number | undefined
  readonly registry: Registry
  readonly plugins: readonly PluginRunner[]
  readonly transports: readonly TransportRunner[]
}

/** The same description for every endpoint and log line that shows what runs. */
export function describeHost(host: DescribedHost): HostDescription {
  return {
    service: host.settings.service,
    state: host.state,
    startedAtSeconds: host.startedAtMs === undefined ? undefined : host.startedAtMs / 1000,
    plugins: host.plugins.map((runner) => describePlugin(runner, host.registry)),
    transports: host.transports.map(({ transport, status }) => ({
      name: transport.name,
      version: transport.version,
      state: status.state,
      startMs: status.startMs,
      details: detailsOf(transport),
    })),
  }
}

export function healthOf(
  plugins: readonly PluginRunner[],
  transports: readonly TransportRunner[],
): HealthReport {
  const pluginHealth = plugins.map(({ plugin, status, settings }) =>
    status.health(plugin.name, settings.labels),
  )
  const transportHealth = transports.map(({ transport, status }) => status.health(transport.name))
  const healthy = [...pluginHealth, ...transportHealth].every(({ state }) => state === 'up')
  return { healthy, plugins: pluginHealth, transports: transportHealth }
}

function describePlugin(runner: PluginRunner, registry: Registry): HostDescription['plugins'][number] {
  const instruments = registry.instrumentsOf(runner.instance)
  return {
    name: runner.plugin.name,
    version: runner.plugin.version,
    labels: runner.settings.labels,
    state: runner.status.state,
    instruments: instruments.length,
    series: instruments.reduce((sum, { table }) => sum + table.size, 0),
    intervalMs: runner.settings.intervalMs,
    startMs: runner.status.startMs,
    transports: runner.settings.transports ?? 'all',
  }
}

function detailsOf(transport: Transport): Readonly<Record<string, string>> {
  try {
    return transport.describe?.() ?? {}
  } catch (thrown) {
    return { error: describeThrown(thrown) }
  }
}
