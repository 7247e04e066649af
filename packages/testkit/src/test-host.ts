import {
  createTidegauge,
  systemClock,
  type Clock,
  type Handles,
  type InstrumentTable,
  type Logger,
  type Plugin,
  type Tidegauge,
  type TidegaugeOptions,
  type Transport,
  type UseOptions,
} from '@tidegauge/core'
import { onTestFinished } from 'vitest'
import {
  createMemoryTransport,
  type MemoryTransport,
  type PlainFamily,
  type PlainSeries,
} from './memory-transport.js'

/** How a test's host is set up. */
export interface TestHostOptions<C extends Clock = Clock> {
  /** The host's own options. Self-metrics are off unless they say otherwise. */
  readonly host?: Omit<TidegaugeOptions, 'clock' | 'logger'>
  /** How each plugin runs. Default: collects only when it is read, and then always. */
  readonly use?: UseOptions
  /** Further transports. */
  readonly transports?: readonly Transport[]
  /** Default: the machine's. Pass `createManualClock()` for a clock that the test moves. */
  readonly clock?: C
}

/** A host that runs for one test. */
export interface TestHost<C extends Clock = Clock> {
  readonly tidegauge: Tidegauge
  readonly clock: C
  /** What was logged, level first: `warn plugin "x": …`. */
  readonly log: readonly string[]
  /** The transport that the values are read with. */
  readonly memory: MemoryTransport
  /** Collects, then gives each series as `name{a="x",b="y"}` with its value (a distribution: its count). */
  read(): Promise<Map<string, number>>
  /** The same as it is now, without collecting first. */
  current(): Map<string, number>
  /**
   * One series after a collect pass; undefined when there is none. Labels stand in the order of their definition, and
   * constant ones after them.
   */
  value(series: string): Promise<number | undefined>
}

/** A host with a table of instruments for the test to record in. */
export interface TestHostWithInstruments<T extends InstrumentTable, C extends Clock> extends TestHost<C> {
  readonly instruments: Handles<T>
}

/** What a test host runs: one plugin, or several, each with the label `node` that it is listed under. */
export type PluginsUnderTest = Plugin<any> | Readonly<Record<string, Plugin<any>>>

/**
 * Starts a host with a plugin, with several (each gets its key as the label `node`), or with a table of instruments
 * that the test records in. Stops it when the test has finished.
 */
export function startTestHost<C extends Clock = Clock>(
  plugins: PluginsUnderTest,
  options?: TestHostOptions<C>,
): Promise<TestHost<C>>
export function startTestHost<const T extends InstrumentTable, C extends Clock = Clock>(
  table: T,
  options?: TestHostOptions<C>,
): Promise<TestHostWithInstruments<T, C>>
export async function startTestHost(
  subject: PluginsUnderTest | InstrumentTable,
  options: TestHostOptions = {},
): Promise<TestHost> {
  const { clock = systemClock, transports = [] } = options
  const log: string[] = []
  const memory = createMemoryTransport()
  const tidegauge = createTidegauge({
    selfMetrics: 'off',
    ...options.host,
    clock,
    logger: loggerInto(log),
  })
  tidegauge.export(memory)
  for (const transport of transports) tidegauge.export(transport)
  const run: UseOptions = { intervalMs: 0, maxAgeMs: 0, ...options.use }
  const instruments = useSubject(tidegauge, subject, run)
  onTestFinished(() => tidegauge.stop(), 20_000)
  await tidegauge.start()
  const constant = new Set(['node', ...Object.keys(run.labels ?? {})])
  const current = (): Map<string, number> =>
    new Map(memory.read().flatMap((family) => entriesOf(family, constant)))
  const read = async (): Promise<Map<string, number>> => {
    await memory.scrape()
    return current()
  }
  const host: TestHost = {
    tidegauge,
    clock,
    log,
    memory,
    read,
    current,
    value: async (series) => (await read()).get(series),
  }
  return instruments === undefined ? host : Object.assign(host, { instruments })
}

/** Waits until a condition holds; fails with `what` after `timeoutMs` (default ten seconds). */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 10_000,
): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > deadlineMs) throw new Error(`${what}: not within ${timeoutMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** A logger that keeps each message in a list, level first. */
export function loggerInto(log: string[]): Logger {
  const at = (level: string) => (message: string) => void log.push(`${level} ${message}`)
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

function useSubject(
  tidegauge: Tidegauge,
  subject: PluginsUnderTest | InstrumentTable,
  run: UseOptions,
): Handles<InstrumentTable> | undefined {
  if (isPlugin(subject)) {
    tidegauge.use(subject, run)
    return undefined
  }
  const rows = Object.entries(subject as Record<string, Plugin>)
  if (rows.some(([, row]) => isPlugin(row))) {
    for (const [node, plugin] of rows) tidegauge.use(plugin, { ...run, labels: { node } })
    return undefined
  }
  return tidegauge.instruments('app', subject as InstrumentTable, run)
}

function isPlugin(value: unknown): value is Plugin {
  return typeof (value as Plugin).apiLevel === 'number'
}

/** `constant` are the names of constant labels. */
function entriesOf({ name, series }: PlainFamily, constant: ReadonlySet<string>): [string, number][] {
  return series.map((one) => [keyOf(name, one, constant), one.value ?? one.count ?? Number.NaN])
}

/** Own labels in the order of their definition, then the constant ones. */
function keyOf(name: string, { labels }: PlainSeries, constant: ReadonlySet<string>): string {
  const entries = Object.entries(labels)
  const own = entries.filter(([label]) => !constant.has(label))
  const pairs = [...own, ...entries.filter(([label]) => constant.has(label))]
  return pairs.length === 0
    ? name
    : `${name}{${pairs.map(([label, text]) => `${label}="${text}"`).join(',')}}`
}
