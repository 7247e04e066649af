import { withLibp2pLight } from '@helia/libp2p'
import { identify } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'
import { kadDHT, passthroughMapper, type KadDHT, type KadDHTInit } from '@libp2p/kad-dht'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createHeliaLight } from 'helia'
import { createLibp2p, type Libp2pOptions } from 'libp2p'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { expect, onTestFinished } from 'vitest'

/** A DHT for nodes on loopback: each is a server, and private addresses are allowed. */
export function privateDht(init: KadDHTInit = {}): ReturnType<typeof kadDHT> {
  return kadDHT({
    protocol: '/test/kad/1.0.0',
    clientMode: false,
    peerInfoMapper: passthroughMapper,
    initialQuerySelfInterval: 50,
    allowQueryWithZeroPeers: true,
    ...init,
  })
}

/** Listens on loopback only, discovers no peers, and sends nothing by itself except for its DHT. */
export function quietOptions(services: NonNullable<Libp2pOptions<any>['services']>): Libp2pOptions<any> {
  return {
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    peerDiscovery: [],
    connectionMonitor: { enabled: false },
    services: { identify: identify(), ping: ping(), ...services },
  }
}

/** A libp2p node with a private DHT, or with the services that are given. */
export async function createPeer(
  services: NonNullable<Libp2pOptions<any>['services']> = { dht: privateDht() },
): Promise<Libp2p<any>> {
  const node = await createLibp2p<any>(quietOptions(services))
  onTestFinished(async () => {
    await node.stop()
  })
  return node
}

type Services = NonNullable<Libp2pOptions<any>['services']>

/** A Helia node over such a libp2p, started by default. */
export async function createNode(services: Services = { dht: privateDht() }, started = true) {
  const helia = withLibp2pLight<ReturnType<typeof createHeliaLight>, any>(
    createHeliaLight(),
    quietOptions(services),
  )
  if (started) await helia.start()
  onTestFinished(async () => {
    await helia.stop()
  })
  return helia
}

/** A service of a node that is a kad-dht. */
export function dhtOf(node: Libp2p<any>, name = 'dht'): KadDHT {
  return node.services[name] as KadDHT
}

/** Connects two nodes and waits until the DHT of the first knows the other. */
export async function connect(from: Libp2p<any>, to: Libp2p<any>, name = 'dht'): Promise<void> {
  await from.dial(to.getMultiaddrs())
  const { routingTable } = inside(dhtOf(from, name))
  await expect.poll(() => routingTable.size, { timeout: 10_000 }).toBeGreaterThan(0)
}

/** What TypeScript hides of a kad-dht. */
export interface DhtInside {
  readonly contentRouting: { provide: (...args: unknown[]) => AsyncGenerator }
  readonly reprovider: EventTarget & {
    shouldReprovide(isSelf: boolean, expires: number): boolean
    start(): void
    stop(): void
  }
  readonly routingTable: { readonly size: number }
  readonly rpc: { readonly handlers: Record<string, { handle: (...args: unknown[]) => Promise<unknown> }> }
}

export function inside(dht: KadDHT): DhtInside {
  return dht as unknown as DhtInside
}

let made = 0

/** A CID that no other test uses. */
export async function freshCid(): Promise<CID> {
  return CID.createV1(raw.code, await sha256.digest(new TextEncoder().encode(`block ${made++}`)))
}
