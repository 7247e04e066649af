/**
 * What `npm start` runs: five real Helia nodes on loopback that share files, two of them measured, one
 * Prometheus endpoint, and a terminal that shows what happens. `--port N` and `--seconds N` are for tests.
 */
import { createServer } from 'node:net'
import { parseArgs } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTidegauge } from '@tidegauge/core'
import { bitswap } from '@tidegauge/plugin-bitswap'
import { ipns } from '@tidegauge/plugin-ipns'
import { libp2p } from '@tidegauge/plugin-libp2p'
import { prometheus } from '@tidegauge/transport-prometheus'
import { contentHabits } from './content.js'
import { createFigures } from './figures.js'
import { keepUp } from './habits.js'
import { REPUBLISH_INTERVAL_MS, startNames } from './names.js'
import { startSwarm } from './nodes.js'
import { Screen } from './screen.js'
import { trafficHabits } from './traffic.js'

const { values } = parseArgs({ options: { port: { type: 'string' }, seconds: { type: 'string' } } })
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())
if (values.seconds !== undefined) setTimeout(() => stopping.abort(), Number(values.seconds) * 1000)

const measured = { alpha: libp2p(), beta: libp2p() }
const swarm = await startSwarm(measured)
const names = await startNames(swarm)
const figures = createFigures()
const endpoint = prometheus({
  port: values.port === undefined ? await portOrFree(9464) : Number(values.port),
})

const tidegauge = createTidegauge({ service: { name: 'swarm' } })
  .export(endpoint)
  .export(figures.transport)
for (const node of ['alpha', 'beta'] as const) {
  const { helia, libp2p } = swarm.peers[node]
  const labels = { node }
  tidegauge
    .use(measured[node].observe(libp2p), { labels })
    .use(bitswap({ helia }), { labels })
    .use(ipns({ name: names[node], republishIntervalMs: REPUBLISH_INTERVAL_MS }), { labels })
}
tidegauge.use(ipns({ name: names.hermit, republishIntervalMs: REPUBLISH_INTERVAL_MS }), {
  labels: { node: 'hermit' },
})
await tidegauge.start()

const screen = new Screen()
screen.welcome(endpoint.url!, tidegauge.describe())
const habits = [...trafficHabits(swarm), ...contentHabits(swarm), ...names.habits]
const traffic = keepUp(habits, stopping.signal)
while (!stopping.signal.aborted) {
  await figures.collect()
  const failures = [...traffic.failures.values()].reduce((a, b) => a + b, 0)
  screen.draw([figures.of('alpha'), figures.of('beta')], figures.of('hermit'), failures, figures.series())
  await sleep(1_000, undefined, { signal: stopping.signal }).catch(() => {})
}

// Helia leaves a rejection of its own unhandled when it is stopped while a name is being refreshed
process.on('unhandledRejection', () => {})
screen.farewell()
await tidegauge.stop()
await names.stop()
await swarm.stop()
await Promise.race([traffic.ended, sleep(2_000)])
// the native WebRTC library keeps threads of its own
process.exit(0)

/** The well-known port when it is free, else any. */
async function portOrFree(port: number): Promise<number> {
  const probe = createServer()
  const isFree = await new Promise<boolean>((resolve) => {
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => resolve(true))
  })
  if (isFree) await new Promise((resolve) => probe.close(resolve))
  return isFree ? port : 0
}
