import { createTidegauge, type Plugin, type UseOptions } from '@tidegauge/core'
import { createManualClock, createMemoryTransport } from '@tidegauge/testkit'
import { createMessages, createPlugin } from './open-host.js'

/** A host with a healthy plugin `well` beside the one under test. */
export function createPair(plugin: Plugin, use: UseOptions = {}) {
  const clock = createManualClock()
  const memory = createMemoryTransport()
  const { logger, messages } = createMessages()
  let passes = 0
  const well = createPlugin({
    name: 'well',
    instruments: { g: { kind: 'gauge', name: 'well', help: 'W' } },
    start: ({ instruments }) => void ((well as { handle?: unknown }).handle = instruments['g']),
    collect: () => void passes++,
  })
  const host = createTidegauge({ clock, logger })
    .use(plugin, { intervalMs: 1_000, jitterRatio: 0, ...use })
    .use(well, { intervalMs: 1_000, jitterRatio: 0 })
    .export(memory)
  return {
    clock,
    memory,
    messages,
    host,
    passesOfTheOther: () => passes,
    healthOf: (name: string) => host.health().plugins.find((one) => one.name === name)!,
    failures: (reason: string) =>
      memory.value('tidegauge_plugin_collect_failures_total', { plugin: plugin.name, reason }) ?? 0,
    up: () => memory.value('tidegauge_plugin_up', { plugin: plugin.name }),
  }
}
