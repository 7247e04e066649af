import { createTidegauge, type Clock, type Logger, type Plugin, type Tidegauge } from '@tidegauge/core'
import { createMemoryTransport, type PlainSeries } from '@tidegauge/testkit'
import { onTestFinished } from 'vitest'
import type { IpnsPlugin } from '../../src/index.js'

/** A host with a reader in place of a transport. */
export interface TestHost {
  readonly tidegauge: Tidegauge
  /** What was logged, level first. */
  readonly log: string[]
  /** Collects, then gives each series as `name{a="x",b="y"}` with its value. */
  readonly read: () => Promise<Map<string, number>>
  /** One series after a collect pass, without `libp2p_ipns_`; undefined when there is none. */
  readonly value: (series: string) => Promise<number | undefined>
  /** Kind and labels of each family that is exported. */
  readonly families: () => Map<string, { kind: string; labels: string[]; help: string }>
}

export interface HostOptions {
  readonly clock?: Clock
  readonly timeoutMs?: number
}

/** Starts a host with one plugin, or with one for each node by the label that it is given. */
export async function startHost(
  plugins: Record<string, IpnsPlugin> | IpnsPlugin,
  { clock, timeoutMs }: HostOptions = {},
): Promise<TestHost> {
  const log: string[] = []
  const memory = createMemoryTransport()
  const use = { intervalMs: 0, maxAgeMs: 0, ...(timeoutMs !== undefined && { timeoutMs }) }
  const tidegauge = createTidegauge({
    logger: loggerInto(log),
    selfMetrics: 'off',
    ...(clock !== undefined && { clock }),
  }).export(memory)
  if (isPlugin(plugins)) tidegauge.use(plugins, use)
  else
    for (const [node, plugin] of Object.entries(plugins)) tidegauge.use(plugin, { ...use, labels: { node } })
  await tidegauge.start()
  onTestFinished(() => tidegauge.stop(), 20_000)
  const read = async (): Promise<Map<string, number>> => {
    const families = await memory.scrape()
    return new Map(
      families.flatMap(({ name, series }) =>
        series.map((one) => [keyOf(name, one), one.value ?? Number.NaN]),
      ),
    )
  }
  return {
    tidegauge,
    log,
    read,
    value: async (series) => (await read()).get(`libp2p_ipns_${series}`),
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

function loggerInto(log: string[]): Logger {
  const at = (level: string) => (message: string) => void log.push(`${level} ${message}`)
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

function isPlugin(plugins: Record<string, IpnsPlugin> | IpnsPlugin): plugins is IpnsPlugin {
  return typeof (plugins as Plugin).apiLevel === 'number'
}
