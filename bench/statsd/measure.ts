/**
 * Measures one client in one process: `node measure.ts CLIENT SECONDS`. A hundred counters with two labels are
 * incremented a million times a second, or as fast as the client can, and sent to another process over UDP.
 */
import { createTidegauge, defineInstruments } from '@tidegauge/core'
import { statsd } from '@tidegauge/transport-statsd'
import HotShots from 'hot-shots'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import StatsdClient from 'statsd-client'

const [clientName, seconds] = [process.argv[2], Number(process.argv[3])]
const PER_TICK = 2_000
const regions = Array.from({ length: 10 }, (_, i) => `region-${i}`)
const kinds = Array.from({ length: 10 }, (_, i) => `kind-${i}`)

interface Run {
  /** Increments the series once, by its number. */
  readonly increment: (series: number) => void
  readonly end: () => unknown
}

const instruments = defineInstruments({
  orders: { kind: 'counter', name: 'orders_total', help: 'Orders.', labels: { region: {}, kind: {} } },
})

/** Labels are passed at each call, as with the other clients, or bound once. Port 0: nothing is sent. */
async function tidegauge(port: number, isBound: boolean): Promise<Run> {
  const host = createTidegauge({ selfMetrics: 'off' })
  const { orders } = host.instruments('bench', instruments)
  if (port !== 0) host.export(statsd({ host: '127.0.0.1', port, flushIntervalMs: 1_000 }))
  await host.start()
  const labels = tagsOf()
  const bound = labels.map((values) => orders.labels(values))
  const increment = isBound
    ? (series: number) => bound[series].inc()
    : (series: number) => orders.inc(labels[series])
  return { increment, end: () => host.stop() }
}

const tagsOf = () => regions.flatMap((region) => kinds.map((kind) => ({ region, kind })))

function hotShots(port: number, options: object): Run {
  const client = new HotShots({ host: '127.0.0.1', port, maxBufferSize: 1_432, ...options })
  const tags = tagsOf()
  return {
    increment: (series) => client.increment('orders_total', 1, tags[series]),
    end: () => new Promise<void>((resolve) => client.close(() => resolve())),
  }
}

function statsdClient(port: number): Run {
  const client = new StatsdClient({ host: '127.0.0.1', port, maxBufferSize: 1_432 } as object)
  const tags = tagsOf()
  return {
    increment: (series) => void client.increment('orders_total', 1, tags[series]),
    end: () => client.close(),
  }
}

const clients: Record<string, (port: number) => Run | Promise<Run>> = {
  none: () => ({ increment: () => {}, end: () => {} }),
  registry: () => tidegauge(0, false),
  tidegauge: (port) => tidegauge(port, false),
  'registry, bound': () => tidegauge(0, true),
  'tidegauge, bound': (port) => tidegauge(port, true),
  'statsd-client': statsdClient,
  'hot-shots': (port) => hotShots(port, {}),
  'hot-shots, aggregating': (port) => hotShots(port, { aggregation: { flushInterval: 1_000 } }),
}

/** A million increments a second, or as many as the client can do. */
async function incrementFor(ms: number, run: Run): Promise<number> {
  const from = performance.now()
  let done = 0
  for (let now = from; now - from < ms; now = performance.now()) {
    const due = Math.min((now - from) * 1_000, done + PER_TICK)
    for (; done < due; done++) run.increment(done % 100)
    await new Promise((resolve) => (due < done + PER_TICK ? setTimeout(resolve, 1) : setImmediate(resolve)))
  }
  return done
}

const sink = spawn(process.execPath, [fileURLToPath(new URL('./sink.ts', import.meta.url))], {
  stdio: ['pipe', 'pipe', 'inherit'],
})
const lines = createInterface({ input: sink.stdout })
const [port] = (await once(lines, 'line')) as [string]
const run = await clients[clientName](Number(port))
await incrementFor(1_000, run)
const from = process.cpuUsage()
const increments = await incrementFor(seconds * 1_000, run)
await run.end()
const { user, system } = process.cpuUsage(from)
sink.stdin.write('\n')
const [received] = (await once(lines, 'line')) as [string]
sink.stdin.end()
process.stdout.write(
  JSON.stringify({
    nanoseconds: ((user + system) * 1_000) / increments,
    core: (user + system) / 1e6 / seconds,
    perSecond: increments / seconds,
    ...(JSON.parse(received) as object),
  }),
)
process.exit(0)
