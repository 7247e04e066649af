import {
  apiLevel,
  createTidegauge,
  type Handles,
  type InstrumentTable,
  type Logger,
  type Plugin,
  type PluginContext,
  type TidegaugeOptions,
  type UseOptions,
} from '@tidegauge/core'
import type { Instrument } from '../../src/storage/instrument.js'
import { createManualClock, createMemoryTransport, type MemoryTransport } from '@tidegauge/testkit'

/** A logger that keeps what it was reported, as `level: message`. */
export function createMessages(): { logger: Logger; messages: string[] } {
  const messages: string[] = []
  const at = (level: keyof Logger) => (message: string) => void messages.push(`${level}: ${message}`)
  return {
    messages,
    logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
  }
}

/** A plugin with a name and an empty table, for cases about how it is run. */
export function createPlugin(plugin: Partial<Plugin> & { readonly name: string }): Plugin {
  return { version: '1.2.3', apiLevel, instruments: {}, ...plugin }
}

/** What a family with one instrument records in. */
export function instrumentOf(memory: MemoryTransport, family: string): Instrument {
  const [view] = memory.context.read({ names: new Set([family]) })
  return view.parts[0].key as Instrument
}

/** A running host with one plugin `probe`, whose handles and passes are the test's. */
export async function openHost<const T extends InstrumentTable>(
  table: T,
  options: TidegaugeOptions & { readonly use?: UseOptions } = {},
) {
  const { use, ...given } = options
  const clock = createManualClock()
  const memory = createMemoryTransport()
  const { logger, messages } = createMessages()
  let context!: PluginContext<T>
  let collect = (): void | Promise<void> => {}
  const plugin: Plugin<T> = {
    name: 'probe',
    version: '1.2.3',
    apiLevel,
    instruments: table,
    start: (started) => void (context = started),
    collect: () => collect(),
  }
  const host = createTidegauge({ clock, logger, tolerate: 'none', ...given })
    .use(plugin, { intervalMs: 0, maxAgeMs: 0, ...use })
    .export(memory)
  await host.start()
  const handles: Handles<T> = context.instruments
  return {
    host,
    memory,
    clock,
    messages,
    handles,
    context,
    /** One collect pass in which the plugin does this. */
    async pass(during: () => void | Promise<void>): Promise<void> {
      collect = during
      await memory.scrape()
      collect = () => {}
    },
    /** Samples that were dropped, by reason. */
    dropped(): Record<string, number> {
      const series = memory.read({ names: new Set(['tidegauge_dropped_samples_total']) })[0]?.series ?? []
      return Object.fromEntries(
        series.filter(({ value }) => value !== 0).map(({ labels, value }) => [labels['reason'], value!]),
      )
    },
    overflowed: (instrument: string) =>
      memory.value('tidegauge_series_overflowed_total', { instrument }) ?? 0,
    /** The label sets of a family, in the order in which they are read. */
    labelsOf: (family: string) =>
      (memory.read({ names: new Set([family]) })[0]?.series ?? []).map(({ labels }) => labels),
  }
}
