import {
  apiLevel,
  createTidegauge,
  type Handles,
  type InstrumentTable,
  type Plugin,
  type Tidegauge,
  type TidegaugeOptions,
  type UseOptions,
} from '@tidegauge/core'
import { onTestFinished } from 'vitest'
import { prometheus, type PrometheusOptions, type PrometheusTransport } from '../../src/index.js'

export interface RunningHost<T extends InstrumentTable> {
  readonly host: Tidegauge
  readonly transport: PrometheusTransport
  readonly instruments: Handles<T>
  /** The server's address without a path. */
  readonly origin: string
  /** The text of `/metrics`, or of another path, with these headers. */
  get(
    path?: string,
    headers?: Record<string, string>,
  ): Promise<{ status: number; headers: Headers; text: string }>
}

export interface RunOptions {
  readonly host?: TidegaugeOptions
  readonly prometheus?: PrometheusOptions
  readonly use?: UseOptions
  readonly plugin?: Partial<Plugin>
  readonly others?: readonly Plugin[]
}

/** Starts a host with one plugin of this table and the transport on a free port; stops it after the test. */
export async function runHost<const T extends InstrumentTable>(
  table: T,
  options: RunOptions = {},
): Promise<RunningHost<T>> {
  let instruments!: Handles<T>
  const plugin = {
    name: 'app',
    version: '0.0.0',
    apiLevel,
    instruments: table,
    ...options.plugin,
    start: (context: { instruments: unknown }) => void (instruments = context.instruments as Handles<T>),
  } as unknown as Plugin
  const transport = prometheus({ port: 0, ...options.prometheus })
  const host = createTidegauge({ selfMetrics: 'off', ...options.host })
  host.use(plugin, { intervalMs: 0, maxAgeMs: 0, ...options.use })
  for (const other of options.others ?? []) host.use(other, { intervalMs: 0, maxAgeMs: 0, timeoutMs: 500 })
  await host.export(transport).start()
  onTestFinished(() => host.stop())
  const origin = transport.url === undefined ? '' : new URL(transport.url).origin
  return {
    host,
    transport,
    instruments,
    origin,
    get: async (path = '/metrics', headers = {}) => {
      const response = await fetch(origin + path, { headers })
      return { status: response.status, headers: response.headers, text: await response.text() }
    },
  }
}
