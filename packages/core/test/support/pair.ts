import { createTidegauge, type Plugin, type UseOptions } from '@tidegauge/core'
import { createManualClock, createMemoryTransport, loggerInto } from '@tidegauge/testkit'
import { createPlugin } from './plugin.js'

/** A host, not yet started, with a healthy plugin `well` beside the one under test. */
export function createPair(plugin: Plugin, use: UseOptions = {}) {
  const clock = createManualClock()
  const memory = createMemoryTransport()
  const log: string[] = []
  let passes = 0
  const well = createPlugin({ name: 'well', collect: () => void passes++ })
  const host = createTidegauge({ clock, logger: loggerInto(log) })
    .use(plugin, { intervalMs: 1_000, jitterRatio: 0, ...use })
    .use(well, { intervalMs: 1_000, jitterRatio: 0 })
    .export(memory)
  return {
    clock,
    memory,
    log,
    host,
    passesOfTheOther: () => passes,
    healthOf: (name: string) => host.health().plugins.find((one) => one.name === name)!,
    failures: (reason: string) =>
      memory.value('tidegauge_plugin_collect_failures_total', { plugin: plugin.name, reason }) ?? 0,
    up: () => memory.value('tidegauge_plugin_up', { plugin: plugin.name }),
  }
}
