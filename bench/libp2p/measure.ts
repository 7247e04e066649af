/**
 * One process, one libp2p node pair over loopback TCP, noise and yamux: `node measure.ts SIZE COUNT ROUNDS`.
 *
 * All variants run in this one process and take turns, so that a slow minute of the machine hits each alike.
 */
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { prometheusMetrics } from '@libp2p/prometheus-metrics'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { libp2p } from '@tidegauge/plugin-libp2p'
import { createLibp2p } from 'libp2p'
import { median } from '../report/processes.ts'

const [size, count, rounds] = process.argv.slice(2).map(Number) as [number, number, number]

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
    services: { identify: identify() },
    ...extra,
  })

/** Moves `count` messages of `size` bytes; CPU microseconds per message. */
async function run(variant: string, messages: number): Promise<number> {
  const a = await create(variants[variant]())
  const b = await create(variants[variant]())
  let received = 0
  let done!: () => void
  const whole = new Promise<void>((resolve) => (done = resolve))
  await b.handle('/bench/1', (stream) => {
    stream.addEventListener('message', (event: any) => {
      received += event.data.byteLength
      if (received === size * messages) done()
    })
  })
  const stream = await a.dialProtocol(b.getMultiaddrs(), '/bench/1')
  const message = new Uint8Array(size)
  const from = process.cpuUsage()
  for (let i = 0; i < messages; i++) if (!stream.send(message)) await stream.onDrain()
  await whole
  const { user, system } = process.cpuUsage(from)
  await a.stop()
  await b.stop()
  return (user + system) / messages
}

const names = Object.keys(variants)
for (const name of names) await run(name, Math.ceil(count / 5))
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
process.exit(0)
