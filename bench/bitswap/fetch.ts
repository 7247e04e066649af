/**
 * Two Helia nodes in one process: `node fetch.ts MEGABYTES ROUNDS`. CPU that fetching a file over bitswap costs with
 * the plugin on both nodes, and without; rounds take turns, so that a slow minute hits both alike.
 */
import { unixfs } from '@helia/unixfs'
import { createTidegauge } from '@tidegauge/core'
import { bitswap } from '@tidegauge/plugin-bitswap'
import { createMemoryTransport } from '@tidegauge/testkit'
import { randomFillSync } from 'node:crypto'
import { median } from '../report/processes.ts'
import { createNode } from './pair.ts'

const [megabytes, rounds] = process.argv.slice(2).map(Number) as [number, number]

async function* content(): AsyncGenerator<Uint8Array> {
  for (let chunk = 0; chunk < megabytes * 4; chunk++) yield randomFillSync(new Uint8Array(250_000))
}

/** CPU milliseconds of one fetch between two fresh nodes. */
async function fetchOnce(isMeasured: boolean): Promise<number> {
  const [server, client] = [await createNode(), await createNode()]
  const tidegauge = createTidegauge({ selfMetrics: 'off' }).export(createMemoryTransport())
  if (isMeasured)
    for (const [node, helia] of Object.entries({ server, client }))
      tidegauge.use(bitswap({ helia }), { labels: { node }, intervalMs: 1_000 })
  await tidegauge.start()
  const file = await unixfs(server).addByteStream(content())
  await client.libp2p.dial(server.libp2p.getMultiaddrs())
  await new Promise((resolve) => setTimeout(resolve, 300))
  globalThis.gc?.()
  const from = process.cpuUsage()
  let received = 0
  for await (const chunk of unixfs(client).cat(file)) received += chunk.byteLength
  const { user, system } = process.cpuUsage(from)
  if (received !== megabytes * 1_000_000) throw new Error(`${received} bytes came`)
  await tidegauge.stop()
  await Promise.all([server.stop(), client.stop()])
  return (user + system) / 1_000
}

await fetchOnce(true)
await fetchOnce(false)
const none: number[] = []
const ours: number[] = []
for (let round = 0; round < rounds; round++)
  for (const isMeasured of round % 2 === 0 ? [true, false] : [false, true])
    (isMeasured ? ours : none).push(await fetchOnce(isMeasured))
const spread = (values: readonly number[]) => (Math.max(...values) - Math.min(...values)) / median(values)
process.stdout.write(
  JSON.stringify({
    none: median(none),
    ours: median(ours),
    noneLeast: Math.min(...none),
    oursLeast: Math.min(...ours),
    // each measured round beside the unmeasured one next to it
    paired: median(ours.map((ms, i) => ms / none[i])),
    noneSpread: spread(none),
    oursSpread: spread(ours),
  }),
)
process.exit(0)
