import { describeThrown, describeValue } from '../errors/describe.js'
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
    transports: host.transports.map(({ transport, name, version, status }) => ({
      name,
      version,
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
  const pluginHealth = plugins.map(({ instance, status, settings }) =>
    status.health(instance.plugin, settings.labels),
  )
  const transportHealth = transports.map(({ name, status }) => status.health(name))
  const healthy = [...pluginHealth, ...transportHealth].every(({ state }) => state === 'up')
  return { healthy, plugins: pluginHealth, transports: transportHealth }
}

function describePlugin(runner: PluginRunner, registry: Registry): HostDescription['plugins'][number] {
  const instruments = registry.instrumentsOf(runner.instance)
  return {
    name: runner.instance.plugin,
    version: runner.instance.version,
    labels: runner.settings.labels,
    state: runner.status.state,
    instruments: instruments.length,
    series: instruments.reduce((sum, { table }) => sum + table.size, 0),
    intervalMs: runner.settings.intervalMs,
    startMs: runner.status.startMs,
    transports: runner.settings.transports ?? 'all',
  }
}

/** Transports whose `describe()` runs now: one that describes its host would otherwise call itself for ever. */
const describing = new WeakSet<Transport>()

function detailsOf(transport: Transport): Readonly<Record<string, string>> {
  if (describing.has(transport)) return {}
  describing.add(transport)
  try {
    const given: unknown = transport.describe?.() ?? {}
    // an async describe() that rejects must not end the process
    if (given instanceof Promise) given.catch(() => {})
    // copied: a getter of theirs may throw when somebody serializes it
    const details = Object.entries(given as Readonly<Record<string, unknown>>)
    const text = (value: unknown) => (typeof value === 'string' ? value : describeValue(value))
    return Object.fromEntries(details.map(([key, value]) => [key, text(value)]))
  } catch (thrown) {
    return { error: describeThrown(thrown) }
  } finally {
    describing.delete(transport)
  }
}
