import type { Clock } from '../clock.js'
import type { HealthReport, HostDescription } from '../contract/report.js'
import type { CollectRequest, TransportContext } from '../contract/transport.js'
import type { Registry } from '../registry/registry.js'
import type { PluginInstance } from '../storage/plugin-instance.js'
import { waitAtMost } from './deadline.js'
import type { EventBus } from './event-bus.js'
import type { HostSettings } from './options.js'
import type { PluginRunner } from './plugin-runner.js'
import type { SelfRecorder } from './self-recorder.js'
import type { TransportRunner } from './transport-runner.js'

/** A host, as far as its transports read it. Its plugins may change at any time. */
export interface ReadableHost {
  readonly settings: HostSettings
  readonly registry: Registry
  readonly plugins: readonly PluginRunner[]
  readonly transports: readonly TransportRunner[]
  health(): HealthReport
  describe(): HostDescription
}

/** The reading side of a transport's context: what is routed to the transport of this name. */
export function createReader(
  transport: string,
  host: ReadableHost,
  { self, events }: { readonly self: SelfRecorder | undefined; readonly events: EventBus },
): Omit<TransportContext, 'signal' | 'report' | 'logger' | 'clock'> {
  const isRouted = ({ settings }: PluginRunner): boolean => settings.transports?.includes(transport) ?? true
  const accepts = (instance: PluginInstance): boolean =>
    instance === self?.instance ||
    host.plugins.some((runner) => runner.instance === instance && isRouted(runner))
  return {
    service: host.settings.service,
    read: (filter) => {
      self?.update(host.plugins, host.transports)
      const routed = new Set(host.plugins.filter(isRouted).map(({ instance }) => instance))
      if (self !== undefined) routed.add(self.instance)
      return host.registry.read(filter, (instance) => routed.has(instance))
    },
    collect: (request) => collect(host.plugins.filter(isRouted), host.settings.clock, request),
    health: () => host.health(),
    describe: () => host.describe(),
    subscribe: (listener) => events.subscribe(listener, accepts),
  }
}

async function collect(
  plugins: readonly PluginRunner[],
  clock: Clock,
  request: CollectRequest = {},
): Promise<void> {
  const wanted = plugins.filter(({ instance }) => request.plugins?.has(instance.plugin) ?? true)
  const passes = wanted.map((runner) => runner.collectIfStale()).filter((pass) => pass !== undefined)
  if (passes.length === 0) return
  const all = Promise.all(passes)
  if (request.deadlineMs === undefined) await all
  else await waitAtMost(clock, Math.max(0, request.deadlineMs - clock.monotonic()), all)
}
