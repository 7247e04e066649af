import type { Plugin } from '@tidegauge/core'
import { startTestHost, type TestHostOptions } from '@tidegauge/testkit'
import { serveThrough } from '../../src/index.js'
import { parseExposition, type ParsedFamily } from '../support/parse-exposition.js'

export interface BridgeHostOptions extends TestHostOptions {
  /** Added after the bridge. */
  readonly others?: readonly Plugin<any>[]
}

/** A test host with the plugin of a bridge, and a page of its own that is collected and parsed. */
export async function openBridge(plugin: Plugin<any>, options: BridgeHostOptions = {}) {
  const { others = [], transports = [], use } = options
  const page = { metrics: async () => '\n', contentType: 'text/plain; version=0.0.4' }
  const pageTransport = serveThrough(page, { name: 'page' })
  const host = await startTestHost(plugin, { ...options, transports: [pageTransport, ...transports] })
  for (const other of others) host.tidegauge.use(other, { intervalMs: 0, maxAgeMs: 0, ...use })
  await host.tidegauge.start()
  const metricOf = (bridge: string) => `tidegauge_${bridge.replaceAll('-', '_')}`
  return {
    ...host,
    /** Collects and reads, without what the bridges report about themselves. */
    scrape: async (): Promise<ParsedFamily[]> =>
      parseExposition(await page.metrics(), 'text').filter(({ name }) => !name.startsWith('tidegauge_')),
    /** How many metrics the bridge of this name left out. */
    skipped: (bridge: string, reason: string) =>
      host.memory.value(`${metricOf(bridge)}_skipped_metrics`, { reason }),
    /** How many samples the bridge of this name dropped. */
    dropped: (bridge: string, reason: string) =>
      host.memory.value(`${metricOf(bridge)}_dropped_samples_total`, { reason }),
  }
}
