/**
 * What opening a stream costs: `node measure-streams.ts COUNT ROUNDS`. CPU microseconds of both ends for each stream
 * that is opened, negotiated and aborted. All variants take turns in this one process.
 */
import { noise } from '@libp2p/noise'
import { prometheusMetrics } from '@libp2p/prometheus-metrics'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { libp2p } from '@tidegauge/plugin-libp2p'
import { createLibp2p } from 'libp2p'
import { median } from '../report/processes.ts'

const [count, rounds] = process.argv.slice(2).map(Number) as [number, number]

const variants: Record<string, () => object> = {
  none: () => ({}),
  tidegauge: () => ({ metrics: libp2p().metrics }),
  '@libp2p/prometheus-metrics': () => ({
    metrics: prometheusMetrics({ collectDefaultMetrics: false, preserveExistingMetrics: true }),
  }),
}

const create = (extra: object) =>
  createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    peerDiscovery: [],
    connectionMonitor: { enabled: false },
    ...extra,
  })

async function run(variant: string, streams: number): Promise<number> {
  const a = await create(variants[variant]())
  const b = await create(variants[variant]())
  await b.handle('/bench/1', (stream) => stream.abort(new Error('done')))
  const connection = await a.dial(b.getMultiaddrs())
  const from = process.cpuUsage()
  for (let i = 0; i < streams; i++) {
    const stream = await connection.newStream('/bench/1')
    stream.abort(new Error('done'))
  }
  const { user, system } = process.cpuUsage(from)
  await a.stop()
  await b.stop()
  return (user + system) / streams
}

const names = Object.keys(variants)
for (const name of names) await run(name, Math.ceil(count / 2))
const results = new Map<string, number[]>(names.map((name) => [name, []]))
for (let round = 0; round < rounds; round++) {
  // the order turns, so that no variant always follows the same other
  for (let i = 0; i < names.length; i++) {
    const name = names[(i + round) % names.length]
    globalThis.gc?.()
    results.get(name)!.push(await run(name, count))
  }
}
const spread = (values: readonly number[]) => (Math.max(...values) - Math.min(...values)) / median(values)
const figures = Object.fromEntries(
  [...results].flatMap(([name, values]) => [
    [name, median(values)],
    [`${name} least`, Math.min(...values)],
    [`${name} spread`, spread(values)],
  ]),
)
process.stdout.write(JSON.stringify(figures))
