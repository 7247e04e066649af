import { ipns as createIpns, type IPNS, type IPNSOptions } from '@helia/ipns'
import { withLibp2pLight } from '@helia/libp2p'
import { identify } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'
import { kadDHT, passthroughMapper, type KadDHT } from '@libp2p/kad-dht'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import type { Datastore } from 'interface-datastore'
import { createHeliaLight } from 'helia'
import { CID } from 'multiformats/cid'
import { until } from '@tidegauge/testkit'
import { onTestFinished } from 'vitest'

/** What the tests use of an `IPNS` object; `start` and `stop` are not in its type. */
export type Name = IPNS & {
  start(): void
  stop(): void
  readonly started: boolean
  readonly localStore: { list(options?: object): AsyncIterable<unknown> }
}

export type Node = ReturnType<typeof build>

/** Something to publish. */
export const value = CID.parse('bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy')

export const HOUR_MS = 3_600_000

export interface NodeOptions {
  readonly datastore?: Datastore
  /** Without it the node has no content routing at all. Default true. */
  readonly dht?: boolean
  /** An implementation of libp2p's `Metrics`, given to Helia and libp2p. */
  readonly metrics?: object
  readonly contentRouters?: ((components: unknown) => object)[]
}

function build({ datastore, dht = true, contentRouters, metrics }: NodeOptions) {
  return withLibp2pLight(
    createHeliaLight({ ...(datastore && { datastore }), ...(metrics && { metrics: metrics as never }) }),
    {
      ...(metrics && { metrics: () => metrics as never }),
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      peerDiscovery: [],
      connectionMonitor: { enabled: false },
      ...(contentRouters !== undefined && { contentRouters: contentRouters as never }),
      services: { identify: identify(), ping: ping(), ...(dht && { dht: privateDht() }) },
    },
  )
}

/** A DHT on loopback: it accepts private addresses, and does not wait for peers. */
function privateDht() {
  return kadDHT({
    protocol: '/lan/kad/1.0.0',
    clientMode: false,
    peerInfoMapper: passthroughMapper,
    initialQuerySelfInterval: 100,
    allowQueryWithZeroPeers: true,
  })
}

/** A real Helia node that listens on loopback only and discovers no peers by itself. */
export async function createNode(options: NodeOptions = {}): Promise<Node> {
  const node = build(options)
  await node.start()
  onTestFinished(async () => {
    await node.stop()
  }, 20_000)
  return node
}

export function dhtOf(node: Node): KadDHT {
  return (node.libp2p as Libp2p<{ dht: KadDHT }>).services.dht
}

/** Creates an `IPNS` object; its republisher does not run yet. */
export function nameOf(node: Node, options: IPNSOptions = {}): Name {
  const name = createIpns(node, options) as Name
  onTestFinished(async () => {
    if (options.republishInterval !== undefined) await finishRun(name)
    name.stop()
  })
  return name
}

/**
 * Waits until the republisher has nothing to do, by hiding the records from it; the returned function shows them
 * again. When it is stopped in the middle of a refresh, Helia leaves a rejection unhandled, which ends the process.
 */
export async function finishRun(name: Name): Promise<() => void> {
  const { localStore } = name
  const { list } = localStore
  const nextRun = Promise.withResolvers<void>()
  localStore.list = (() => {
    nextRun.resolve()
    return ReadableStream.from([])
  }) as typeof list
  const soon = new Promise((resolve) => setTimeout(resolve, 2_000))
  if (name.started) await Promise.race([nextRun.promise, soon])
  return () => {
    localStore.list = list
  }
}

/** Two nodes whose DHTs know each other. The second can validate IPNS records. */
export async function createPair(options: NodeOptions = {}): Promise<[Node, Node]> {
  const [a, b] = [await createNode(options), await createNode()]
  nameOf(b)
  await connect(a, b)
  return [a, b]
}

export async function connect(a: Node, b: Node): Promise<void> {
  await b.libp2p.dial(a.libp2p.getMultiaddrs())
  await until(() => tableSize(a) > 0 && tableSize(b) > 0, 'the DHTs to know each other')
}

function tableSize(node: Node): number {
  return (dhtOf(node) as unknown as { routingTable: { size: number } }).routingTable.size
}

/** Collects what an iteration yields. */
export async function all<T>(source: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const one of source) found.push(one)
  return found
}
