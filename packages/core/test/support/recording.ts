import {
  apiLevel,
  type InstrumentTable,
  type Plugin,
  type PluginContext,
  type UseOptions,
} from '@tidegauge/core'
import {
  createManualClock,
  startTestHost,
  type MemoryTransport,
  type TestHostOptions,
} from '@tidegauge/testkit'
import type { Instrument } from '../../src/storage/instrument.js'

type HostOptions = NonNullable<TestHostOptions['host']>

/** A test host with a table to record in, and what core reports of samples that it could not take. */
export async function startRecording<const T extends InstrumentTable>(
  table: T,
  host: HostOptions = {},
  use: UseOptions = {},
) {
  const clock = createManualClock()
  const test = await startTestHost(table, { clock, use, host: { selfMetrics: 'on', ...host } })
  return { ...test, ...lossesIn(test.memory) }
}

/** The same with a plugin `probe`, whose collect passes and context are the test's. */
export async function startProbe<const T extends InstrumentTable>(
  table: T,
  host: HostOptions = {},
  use: UseOptions = {},
) {
  let context!: PluginContext<T>
  let collect = (): void | Promise<void> => {}
  const plugin: Plugin<T> = {
    name: 'probe',
    version: '1.2.3',
    apiLevel,
    instruments: table,
    eventAttributes: { n: {} },
    start: (started) => void (context = started),
    collect: () => collect(),
  }
  const clock = createManualClock()
  const options = { clock, use, host: { selfMetrics: 'on', tolerate: 'none', ...host } as const }
  const test = await startTestHost(plugin, options)
  return {
    ...test,
    ...lossesIn(test.memory),
    context,
    instruments: context.instruments,
    /** One collect pass in which the plugin does this. */
    async pass(during: () => void | Promise<void>): Promise<void> {
      collect = during
      await test.memory.scrape()
      collect = () => {}
    },
  }
}

function lossesIn(memory: MemoryTransport) {
  const seriesOf = (name: string) => memory.read({ names: new Set([name]) })[0]?.series ?? []
  return {
    /** Samples that were dropped, by reason. */
    dropped: (): Record<string, number> =>
      Object.fromEntries(
        seriesOf('tidegauge_dropped_samples_total')
          .filter(({ value }) => value !== 0)
          .map(({ labels, value }) => [labels['reason'], value!]),
      ),
    overflowed: (instrument: string): number =>
      memory.value('tidegauge_series_overflowed_total', { instrument }) ?? 0,
    /** The label sets of a family, in the order in which they are read. */
    labelsOf: (family: string) => seriesOf(family).map(({ labels }) => labels),
  }
}

/** What a family with one part records in. */
export function instrumentOf(memory: MemoryTransport, family: string): Instrument {
  const [view] = memory.context.read({ names: new Set([family]) })
  return view.parts[0].key as Instrument
}
