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
import { onTestFinished } from 'vitest'

export interface HostOptions<T extends InstrumentTable> {
  readonly host?: TidegaugeOptions
  readonly use?: UseOptions
  readonly plugin?: Pick<Plugin<T>, 'collect'>
}

/** Starts a host with one plugin, `app`, of this table, and with these transports; stops it after the test. */
export async function startHost<const T extends InstrumentTable>(
  table: T,
  transports: readonly Transport[],
  options: HostOptions<T> = {},
): Promise<{ readonly host: Tidegauge; readonly instruments: Handles<T> }> {
  let instruments!: Handles<T>
  const plugin = {
    name: 'app',
    version: '0.0.0',
    apiLevel,
    instruments: table,
    ...options.plugin,
    start: (context: { instruments: unknown }) => void (instruments = context.instruments as Handles<T>),
  } as unknown as Plugin
  const host = createTidegauge({ selfMetrics: 'off', ...options.host })
  host.use(plugin, { intervalMs: 0, ...options.use })
  for (const transport of transports) host.export(transport)
  onTestFinished(() => host.stop())
  await host.start()
  return { host, instruments }
}
