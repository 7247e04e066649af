/** What `npm start` runs: five real Helia nodes on loopback that share files, two of them measured. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createTidegauge } from '@tidegauge/core'
import { bitswap } from '@tidegauge/plugin-bitswap'
import { ipns } from '@tidegauge/plugin-ipns'
import { libp2p } from '@tidegauge/plugin-libp2p'
import { prometheus } from '@tidegauge/transport-prometheus'
import { contentHabits } from './content.js'
import { keepUp } from './habits.js'
import { REPUBLISH_INTERVAL_MS, startNames } from './names.js'
import { startSwarm } from './nodes.js'
import { freePort, HELP, parseCommandLine, type CommandLine } from './options.js'
import { createScreenTransport } from './screen-transport.js'
import { Screen } from './screen.js'
import { trafficHabits } from './traffic.js'

const { port: wantedPort, seconds, isHelp } = commandLine()
if (isHelp) {
  console.log(HELP)
  process.exit(0)
}
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())
if (seconds !== undefined) setTimeout(() => stopping.abort(), seconds * 1000)

const port = wantedPort === 0 ? 0 : await freePort(wantedPort)
if (port !== wantedPort) console.log(`Port ${wantedPort} is taken, using ${port === 0 ? 'any other' : port}.`)
const measured = { alpha: libp2p(), beta: libp2p() }
const swarm = await startSwarm(measured)
const names = await startNames(swarm)
const reader = createScreenTransport()
const endpoint = prometheus({ port })

const tidegauge = createTidegauge({ service: { name: 'swarm' } })
  .export(endpoint)
  .export(reader.transport)
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
  await reader.collect()
  const failures = [...traffic.failures.values()].reduce((a, b) => a + b, 0)
  screen.draw([reader.of('alpha'), reader.of('beta')], reader.of('hermit'), failures, reader.series())
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

function commandLine(): CommandLine {
  try {
    return parseCommandLine(process.argv.slice(2))
  } catch (thrown) {
    console.error(`${(thrown as Error).message}\n\n${HELP}`)
    process.exit(2)
  }
}
