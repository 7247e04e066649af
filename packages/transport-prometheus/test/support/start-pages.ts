import type { Handles, InstrumentTable, Plugin } from '@tidegauge/core'
import {
  startTestHost,
  type PluginsUnderTest,
  type TestHost,
  type TestHostOptions,
  type TestHostWithInstruments,
} from '@tidegauge/testkit'
import { prometheus, type PrometheusOptions, type PrometheusTransport } from '../../src/index.js'

/** How a test's host and its endpoint are set up. */
export interface PagesOptions extends TestHostOptions {
  readonly prometheus?: PrometheusOptions
}

/** An endpoint that serves a test's host. */
export interface Pages {
  readonly transport: PrometheusTransport
  /** The server's address without a path; empty without a server. */
  readonly origin: string
  readonly port: number
  /** Fetches `/metrics`, or another path. */
  get(
    path?: string,
    headers?: Record<string, string>,
  ): Promise<{ status: number; headers: Headers; text: string }>
}

/** Starts a test host with a Prometheus endpoint on a free port. */
export function startPages(plugins: PluginsUnderTest, options?: PagesOptions): Promise<TestHost & Pages>
export function startPages<const T extends InstrumentTable>(
  table: T,
  options?: PagesOptions,
): Promise<TestHostWithInstruments<T, TestHost['clock']> & Pages>
export async function startPages(
  subject: PluginsUnderTest | InstrumentTable,
  options: PagesOptions = {},
): Promise<TestHost & Pages & { instruments?: Handles<InstrumentTable> }> {
  const transport = prometheus({ port: 0, ...options.prometheus })
  const host = await startTestHost(subject as InstrumentTable, { ...options, transports: [transport] })
  const { origin, port } = new URL(transport.url ?? 'none:')
  return {
    ...host,
    transport,
    origin,
    port: Number(port),
    get: async (path = '/metrics', headers = {}) => {
      const response = await fetch(origin + path, { headers })
      return { status: response.status, headers: response.headers, text: await response.text() }
    },
  }
}

/** A plugin with this collect function. */
export function collecting(
  collect: () => any,
  { name = 'app', instruments = {} }: { name?: string; instruments?: InstrumentTable } = {},
): Plugin {
  return { name, version: '0.0.0', apiLevel: 1, instruments, collect }
}
