import type { Snapshot, Source } from '@tidegauge/core'
import type { areas, modes } from './metrics.js'

/** CPU time in seconds since the process started. */
export type CpuSeconds = Readonly<Record<(typeof modes)[number], number>>

/** Memory in use, in bytes. */
export type MemoryBytes = Readonly<Record<(typeof areas)[number], number>>

/**
 * One process at one moment. Replace the fields with what your system counts.
 *
 * Totals count since the source was created, and never fall. A total that is left out keeps its last exported value;
 * present state, such as the memory, that is left out is not exported.
 */
export interface MySystemSnapshot extends Snapshot {
  readonly cpuSeconds?: CpuSeconds
  readonly memoryBytes?: MemoryBytes
  /** How many warnings were emitted since the plugin started, by the name of the warning. */
  readonly warnings: ReadonlyMap<string, number>
}

/** Where the values of the plugin come from. */
export type MySystemSource = Source<MySystemSnapshot>
