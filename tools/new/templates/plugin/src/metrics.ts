import { defineInstruments } from '@tidegauge/core'

// Table of constants. Replace the rows: the typed handles, the README's table and the name check come from them.

/** What the CPU time was spent on. */
export const modes = ['user', 'system'] as const
/** What the memory is used for. */
export const areas = ['heap', 'external'] as const

/** The instruments of the plugin, as data. */
export const instruments = defineInstruments({
  cpuSeconds: {
    kind: 'counter',
    name: 'my_system_cpu_seconds_total',
    help: 'CPU time of the process.',
    unit: 'seconds',
    labels: { mode: modes },
  },
  memoryBytes: {
    kind: 'gauge',
    name: 'my_system_memory_bytes',
    help: 'Memory that the process uses now.',
    unit: 'bytes',
    labels: { area: areas },
  },
  warnings: {
    kind: 'counter',
    name: 'my_system_warnings_total',
    help: 'Warnings that Node.js emitted, by the name of the warning.',
    unit: 'warnings',
    // an open label: its values come from the outside, so `report.ts` limits their number
    labels: { warning: {} },
  },
})
