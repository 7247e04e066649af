import { withBitswap, type BitswapOptions } from '@helia/bitswap'
import { withLibp2pLight, type HeliaWithLibp2p } from '@helia/libp2p'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createHeliaLight } from 'helia'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { randomBytes } from 'node:crypto'
import { startTestHost, until, type TestHost } from '@tidegauge/testkit'
import { onTestFinished } from 'vitest'
import { bitswap } from '../../src/index.js'
import { askComponents, findBitswap } from '../../src/helia/find-bitswap.js'

export type TestNode = HeliaWithLibp2p<any>

/** A real Helia with bitswap, not started, that listens on loopback only and discovers no peers. */
export function createBareNode(options: BitswapOptions = {}, services: Record<string, any> = {}): TestNode {
  return withBitswap(
    withLibp2pLight(createHeliaLight(), {
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      peerDiscovery: [],
      connectionMonitor: { enabled: false },
      // tests connect again and again from one address
      connectionManager: { inboundConnectionThreshold: 1_000 },
      services: { identify: identify(), ...services },
    }),
    options,
  )
}

/** The same, stopped at the end of the test. */
export function createNode(options: BitswapOptions = {}, services: Record<string, any> = {}): TestNode {
  const node = createBareNode(options, services)
  onTestFinished(async () => {
    await node.stop()
  }, 20_000)
  return node
}

/** The same, started. */
export async function startNode(
  options: BitswapOptions = {},
  services: Record<string, any> = {},
): Promise<TestNode> {
  const node = createNode(options, services)
  await node.start()
  return node
}

/** The node's instance of bitswap, with the members that its types hide. */
export function bitswapOf(node: TestNode): any {
  const found = findBitswap(node, askComponents(node))
  if ('problem' in found) throw new Error(found.problem)
  return found.bitswap
}

/** Connects, and waits until both know that the other speaks bitswap. */
export async function connect(from: TestNode, to: TestNode): Promise<void> {
  const knows = (node: TestNode, other: TestNode) => bitswapOf(node).wantList.peers.has(other.libp2p.peerId)
  await until(async () => {
    // a connection that is closing still looks like one
    await from.libp2p.dial(to.libp2p.getMultiaddrs()).catch(() => {})
    return knows(from, to) && knows(to, from)
  }, 'bitswap on both sides')
}

/** Two nodes that are measured and connected: `a` has the blocks, `b` wants them. */
export async function startPair(): Promise<{ a: TestNode; b: TestNode; host: TestHost }> {
  const [a, b] = [await startNode(), await startNode()]
  const host = await startTestHost({ a: bitswap({ helia: a }), b: bitswap({ helia: b }) })
  await connect(b, a)
  return { a, b, host }
}

/** A block of this many random bytes that no node has. */
export async function makeBlock(bytes: number): Promise<{ cid: CID; data: Uint8Array }> {
  const data = new Uint8Array(randomBytes(bytes))
  return { cid: CID.createV1(raw.code, await sha256.digest(data)), data }
}

/** Puts random blocks into a node. */
export async function putBlocks(node: TestNode, count: number, bytes: number): Promise<CID[]> {
  const cids: CID[] = []
  for (let i = 0; i < count; i++) {
    const { cid, data } = await makeBlock(bytes)
    await node.blockstore.put(cid, data)
    cids.push(cid)
  }
  return cids
}

/** Gets one block, from the network if necessary. */
export async function fetchBlock(node: TestNode, cid: CID, signal?: AbortSignal): Promise<number> {
  let bytes = 0
  for await (const chunk of node.blockstore.get(cid, signal === undefined ? {} : { signal }))
    bytes += chunk.byteLength
  return bytes
}

/** Gets blocks, 64 at a time. */
export async function fetchBlocks(node: TestNode, cids: readonly CID[], signal?: AbortSignal): Promise<void> {
  const queue = [...cids]
  const worker = async (): Promise<void> => {
    for (let cid = queue.shift(); cid !== undefined; cid = queue.shift()) await fetchBlock(node, cid, signal)
  }
  await Promise.all(Array.from({ length: 64 }, worker))
}

export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
