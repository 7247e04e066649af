import type { Clock } from '@tidegauge/core'
import * as shared from '../../../../tools/test/plugin-host.ts'
import type { IpnsPlugin } from '../../src/index.js'

export type TestHost = shared.TestHost

export interface HostOptions {
  readonly clock?: Clock
  readonly timeoutMs?: number
}

/** Starts a host with one plugin, or with one for each node; `value` takes a series without `libp2p_ipns_`. */
export async function startHost(
  plugins: Record<string, IpnsPlugin> | IpnsPlugin,
  { clock, timeoutMs }: HostOptions = {},
): Promise<TestHost> {
  const host = await shared.startHost(
    plugins,
    { ...(clock !== undefined && { clock }) },
    { ...(timeoutMs !== undefined && { timeoutMs }) },
  )
  return { ...host, value: async (series) => (await host.read()).get(`libp2p_ipns_${series}`) }
}
