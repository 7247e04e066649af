/** A host for tests of plugins: with a reader in place of a transport, collecting only when it is read. */
import {
  createTidegauge,
  type Logger,
  type Plugin,
  type Tidegauge,
  type TidegaugeOptions,
  type UseOptions,
} from '@tidegauge/core'
import { createMemoryTransport, type PlainSeries } from '@tidegauge/testkit'
import { onTestFinished } from 'vitest'

export interface TestHost {
  readonly tidegauge: Tidegauge
  /** What was logged, level first. */
  readonly log: string[]
  /** Collects, then gives each series as `name{a="x",b="y"}` with its value (a distribution: its count). */
  readonly read: () => Promise<Map<string, number>>
  /** The same, as it is now, without collecting first. */
  readonly safeGet: () => Map<string, number>
  /** One series after a collect pass; undefined when there is none. */
  readonly value: (series: string) => Promise<number | undefined>
  /** Kind and labels of each family that is exported. */
  readonly families: () => Map<string, { kind: string; labels: string[]; help: string }>
}

/** Starts a host with one plugin, or with one for each node by the label that it is given. */
export async function startHost(
  plugins: Readonly<Record<string, Plugin<any>>> | Plugin<any>,
  options: TidegaugeOptions = {},
  use: UseOptions = {},
): Promise<TestHost> {
  const log: string[] = []
  const memory = createMemoryTransport()
  const settings: TidegaugeOptions = { logger: loggerInto(log), selfMetrics: 'off', ...options }
  const tidegauge = createTidegauge(settings).export(memory)
  const whenRead: UseOptions = { intervalMs: 0, maxAgeMs: 0, ...use }
  if (isPlugin(plugins)) tidegauge.use(plugins, whenRead)
  else
    for (const [node, plugin] of Object.entries(plugins))
      tidegauge.use(plugin, { ...whenRead, labels: { node } })
  await tidegauge.start()
  onTestFinished(() => tidegauge.stop(), 20_000)
  const safeGet = (): Map<string, number> =>
    new Map(
      memory.read().flatMap(({ name, series }) => series.map((one) => [keyOf(name, one), valueOf(one)])),
    )
  const read = async (): Promise<Map<string, number>> => {
    await memory.scrape()
    return safeGet()
  }
  return {
    tidegauge,
    log,
    read,
    safeGet,
    value: async (series) => (await read()).get(series),
    families: () =>
      new Map(
        memory.read().map(({ name, kind, help, labels }) => [name, { kind, help, labels: [...labels] }]),
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

function isPlugin(plugins: object): plugins is Plugin<any> {
  return typeof (plugins as Plugin).apiLevel === 'number'
}
