import {
  createTidegauge,
  type Logger,
  type Tidegauge,
  type TidegaugeOptions,
  type UseOptions,
} from '@tidegauge/core'
import { createMemoryTransport, type PlainSeries } from '@tidegauge/testkit'
import { onTestFinished } from 'vitest'
import type { BitswapPlugin } from '../../src/index.js'

/** A host with a reader in place of a transport. */
export interface TestHost {
  readonly tidegauge: Tidegauge
  /** What was logged, level first. */
  readonly log: string[]
  /** Collects, then gives each series as `name{a="x",b="y"}` with its value (a distribution: its count). */
  readonly read: () => Promise<Map<string, number>>
  /** The same, as it is now, without collecting first. */
  readonly peek: () => Map<string, number>
  /** One series after a collect pass; undefined when there is none. */
  readonly value: (series: string) => Promise<number | undefined>
  /** Kind and labels of each family that is exported. */
  readonly families: () => Map<string, { kind: string; labels: string[]; help: string }>
}

/** Starts a host with one plugin, or with one for each node by the label that it is given. */
export async function startHost(
  plugins: Record<string, BitswapPlugin> | BitswapPlugin,
  options: TidegaugeOptions = {},
  use: UseOptions = {},
): Promise<TestHost> {
  const log: string[] = []
  const memory = createMemoryTransport()
  const tidegauge = createTidegauge({ logger: loggerInto(log), selfMetrics: 'off', ...options }).export(
    memory,
  )
  if (isPlugin(plugins)) tidegauge.use(plugins, { intervalMs: 0, maxAgeMs: 0, ...use })
  else
    for (const [node, plugin] of Object.entries(plugins))
      tidegauge.use(plugin, { intervalMs: 0, maxAgeMs: 0, ...use, labels: { node } })
  await tidegauge.start()
  onTestFinished(() => tidegauge.stop(), 20_000)
  const peek = (): Map<string, number> =>
    new Map(
      memory.read().flatMap(({ name, series }) => series.map((one) => [keyOf(name, one), valueOf(one)])),
    )
  const read = async (): Promise<Map<string, number>> => {
    await memory.scrape()
    return peek()
  }
  return {
    tidegauge,
    log,
    read,
    peek,
    value: async (series) => (await read()).get(series),
    families: () =>
      new Map(
        memory.context.read().map(({ name, kind, help, instruments: [first] }) => {
          const labels = first.definition.labels.map((label) => label.name)
          return [name, { kind, help, labels }]
        }),
      ),
  }
}

/** The host's label comes last. */
function keyOf(name: string, { labels }: PlainSeries): string {
  const { node, ...own } = labels
  const pairs = Object.entries(node === undefined ? own : { ...own, node }).map(
    ([key, text]) => `${key}="${text}"`,
  )
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`
}

function valueOf({ value, count }: PlainSeries): number {
  return value ?? count ?? Number.NaN
}

function loggerInto(log: string[]): Logger {
  const at = (level: string) => (message: string) => void log.push(`${level} ${message}`)
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

function isPlugin(plugins: Record<string, BitswapPlugin> | BitswapPlugin): plugins is BitswapPlugin {
  return typeof plugins.apiLevel === 'number'
}
