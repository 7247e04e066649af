import type {
  Handles,
  InstrumentTable,
  Tidegauge,
  TidegaugeOptions,
  Transport,
  UseOptions,
} from '@tidegauge/core'
import { createMemoryTransport, type MemoryTransport } from '@tidegauge/testkit'
import { startHost } from '../../support/start-host.js'

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
  { host, use }: RunOptions = {},
): Promise<RunningHost<T>> {
  const memory = createMemoryTransport()
  const started = await startHost(table, [memory, ...[transports].flat()], {
    ...(host && { host }),
    use: { maxAgeMs: 0, ...use },
  })
  return { ...started, memory }
}
