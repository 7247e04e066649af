import { apiLevel } from '../contract/plugin.js'
import type { Handles } from '../definition/handles.js'
import { createPluginInstance, type PluginInstance } from '../storage/plugin-instance.js'
import type { Registry } from '../registry/registry.js'
import { coreVersion } from '../version.js'
import type { PluginRunner } from './plugin-runner.js'
import type { RunObserver } from './runner-deps.js'
import {
  exportOutcomes,
  failureReasons,
  selfInstruments,
  selfPlugin,
  type FailureReason,
} from './self-metrics.js'
import type { AttributeFilter } from './attribute-filter.js'
import type { TransportRunner } from './transport-runner.js'

/** Keeps the host's own metrics. They are brought up to date whenever something is about to read. */
export class SelfRecorder implements RunObserver {
  readonly instance: PluginInstance = createPluginInstance(selfPlugin, {}, coreVersion)
  readonly #registry: Registry
  readonly #attributes: AttributeFilter
  readonly #instruments: Handles<typeof selfInstruments>

  constructor(registry: Registry, attributes: AttributeFilter) {
    this.#registry = registry
    this.#attributes = attributes
    this.#instruments = registry.addTable(this.instance, selfInstruments)
    this.#instruments.build.set({
      version: `${coreVersion} (API level ${apiLevel})`,
      node_version: process.version,
    })
    // there before it is counted, or the second read would differ from the first
    this.#instruments.series.set({ plugin: selfPlugin }, 0)
  }

  passed(plugin: string, seconds: number): void {
    this.#instruments.duration.observe({ plugin }, seconds)
  }

  failed(plugin: string, reason: FailureReason): void {
    this.#instruments.failures.inc({ plugin, reason })
  }

  update(plugins: Iterable<PluginRunner>, transports: Iterable<TransportRunner>): void {
    for (const runner of plugins) this.#updatePlugin(runner)
    for (const runner of transports) this.#updateTransport(runner)
    const { droppedByReason, overflowedByInstrument } = this.#registry.losses
    for (const [reason, count] of droppedByReason) this.#instruments.dropped.setTotal({ reason }, count)
    for (const [instrument, count] of overflowedByInstrument)
      this.#instruments.overflowed.setTotal({ instrument }, count)
    for (const [plugin, count] of this.#attributes.droppedByPlugin)
      this.#instruments.droppedAttributes.setTotal({ plugin }, count)
    this.#instruments.series.set({ plugin: selfPlugin }, this.#seriesOf(this.instance))
  }

  /** Removes what is reported of a plugin that the host no longer has. */
  forgetPlugin(plugin: string): void {
    const { up, pluginSuccess, series, duration, failures } = this.#instruments
    for (const family of [up, pluginSuccess, series, duration]) family.remove({ plugin })
    for (const reason of failureReasons) failures.remove({ plugin, reason })
  }

  /** Removes what is reported of a transport that the host no longer has. */
  forgetTransport(transport: string): void {
    const { queueSize, transportSuccess, exports } = this.#instruments
    for (const family of [queueSize, transportSuccess]) family.remove({ transport })
    for (const outcome of exportOutcomes) exports.remove({ transport, outcome })
  }

  #updatePlugin({ id, instance, status }: PluginRunner): void {
    const { up, pluginSuccess, series } = this.#instruments
    up.set({ plugin: id }, status.state === 'up' ? 1 : 0)
    if (status.lastSuccessSeconds !== undefined) pluginSuccess.set({ plugin: id }, status.lastSuccessSeconds)
    series.set({ plugin: id }, this.#seriesOf(instance))
  }

  #updateTransport({ name: transport, exports, queueSize, status }: TransportRunner): void {
    const { exports: counter, transportSuccess, queueSize: queue } = this.#instruments
    for (const outcome of exportOutcomes) counter.setTotal({ transport, outcome }, exports[outcome])
    queue.set({ transport }, queueSize)
    if (status.lastSuccessSeconds !== undefined)
      transportSuccess.set({ transport }, status.lastSuccessSeconds)
  }

  #seriesOf(instance: PluginInstance): number {
    return this.#registry.instrumentsOf(instance).reduce((sum, { table }) => sum + table.size, 0)
  }
}
