/**
 * One Helia node with real ledgers of `PEERS` peers: `node ledgers.ts PEERS PASSES`. How long a collect pass takes,
 * and how long it holds the event loop at most.
 */
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { createTidegauge } from '@tidegauge/core'
import { bitswap } from '@tidegauge/plugin-bitswap'
import { createMemoryTransport } from '@tidegauge/testkit'
import { median } from '../report/processes.ts'
import { bitswapOf, createNode, type BenchNode } from './pair.ts'

const [peers, passes] = process.argv.slice(2).map(Number) as [number, number]

/** A thousand real connections would be another benchmark; the node is asked as it would be, and one is added to the answer. */
const connected = new Set<string>()

function pretendConnections({ libp2p }: BenchNode): void {
  const real = libp2p.getConnections.bind(libp2p)
  libp2p.getConnections = (peer) => {
    const connections = real(peer)
    return peer !== undefined && connected.has(String(peer)) ? [...connections, {} as never] : connections
  }
}

/** What the node would have got from a peer that sends a block and wants nothing. */
async function receive(helia: BenchNode, bytes: number): Promise<void> {
  const remotePeer = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
  const message = { blocks: [{ prefix: new Uint8Array(4), data: new Uint8Array(bytes) }], blockPresences: [] }
  connected.add(String(remotePeer))
  const detail = { peer: remotePeer, message, connection: { remotePeer } }
  bitswapOf(helia).network.dispatchEvent(new CustomEvent('bitswap:message', { detail }))
}

/** The longest time without a turn of the event loop while `work` runs. */
async function longestBlock(work: () => Promise<unknown>): Promise<{ took: number; block: number }> {
  let block = 0
  let last = performance.now()
  let isOver = false
  const turn = () => {
    const now = performance.now()
    block = Math.max(block, now - last)
    last = now
    if (!isOver) setImmediate(turn)
  }
  setImmediate(turn)
  await new Promise((resolve) => setImmediate(resolve))
  const from = performance.now()
  block = 0
  last = from
  await work()
  const took = performance.now() - from
  block = Math.max(block, performance.now() - last)
  isOver = true
  return { took, block }
}

const helia = await createNode()
pretendConnections(helia)
const memory = createMemoryTransport()
const plugin = bitswap({ helia })
const tidegauge = createTidegauge({ selfMetrics: 'off' })
  .use(plugin, { intervalMs: 0, maxAgeMs: 0 })
  .export(memory)
await tidegauge.start()
for (let peer = 0; peer < peers; peer++) await receive(helia, 1 + (peer % 997))
// debts, as a node that serves has them
let debt = 0
for (const ledger of bitswapOf(helia).peerWantLists.ledgerMap.values()) ledger.sentBytes(++debt * 1_000)

const took: number[] = []
const blocks: number[] = []
for (let pass = 0; pass < passes + 10; pass++) {
  const { took: ms, block } = await longestBlock(() => memory.context.collect())
  if (pass >= 10) {
    took.push(ms)
    blocks.push(block)
  }
}
const families = await memory.scrape()
const debtors = families.find(({ name }) => name === 'libp2p_bitswap_top_debtor_ratio')?.series.length
process.stdout.write(
  JSON.stringify({
    took: median(took),
    tookMost: Math.max(...took),
    block: median(blocks),
    blockMost: Math.max(...blocks),
    debtors,
  }),
)
await tidegauge.stop()
await helia.stop()
process.exit(0)
