import {
  apiLevel,
  createTidegauge,
  type Handles,
  type InstrumentTable,
  type Plugin,
  type Tidegauge,
  type TidegaugeOptions,
  type Transport,
  type UseOptions,
} from '@tidegauge/core'
import { createMemoryTransport, type MemoryTransport } from '@tidegauge/testkit'
import { onTestFinished } from 'vitest'

export interface RunningHost<T extends InstrumentTable> {
  readonly host: Tidegauge
  readonly instruments: Handles<T>
  /** What the registry holds, read by a transport that knows nothing of StatsD. */
  readonly memory: MemoryTransport
}

export interface RunOptions {
  readonly host?: TidegaugeOptions
  readonly use?: UseOptions
}

/** Starts a host with one plugin of this table and these transports; stops it after the test. */
export async function runHost<const T extends InstrumentTable>(
  table: T,
  transports: Transport | readonly Transport[],
  options: RunOptions = {},
): Promise<RunningHost<T>> {
  let instruments!: Handles<T>
  const plugin = {
    name: 'app',
    version: '0.0.0',
    apiLevel,
    instruments: table,
    start: (context: { instruments: unknown }) => void (instruments = context.instruments as Handles<T>),
  } as unknown as Plugin
  const memory = createMemoryTransport()
  const host = createTidegauge({ selfMetrics: 'off', ...options.host })
  host.use(plugin, { intervalMs: 0, maxAgeMs: 0, ...options.use }).export(memory)
  for (const transport of [transports].flat()) host.export(transport)
  onTestFinished(() => host.stop())
  await host.start()
  return { host, instruments, memory }
}
