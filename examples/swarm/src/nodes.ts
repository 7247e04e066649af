import { unixfs, type UnixFS } from '@helia/unixfs'
import { withBitswap } from '@helia/bitswap'
import { withLibp2pLight, type HeliaWithLibp2p } from '@helia/libp2p'
import { circuitRelayServer, circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { webRTCDirect } from '@libp2p/webrtc'
import { yamux } from '@libp2p/yamux'
import type { Libp2pPlugin } from '@tidegauge/plugin-libp2p'
import { createHeliaLight } from 'helia'
import type { Libp2p } from 'libp2p'
import { serveData } from './data-protocol.js'

/** A private network of providers and names, whose records are looked at every few seconds instead of hours. */
const network = kadDHT({
  protocol: '/tidegauge/swarm/kad/1.0.0',
  clientMode: false,
  peerInfoMapper: passthroughMapper,
  initialQuerySelfInterval: 100,
  allowQueryWithZeroPeers: true,
  reprovide: { interval: 10_000 },
})

const services = () => ({
  identify: identify(),
  ping: ping(),
  relay: circuitRelayServer(),
  dht: network,
})

type Services = { [Name in keyof ReturnType<typeof services>]: ReturnType<ReturnType<typeof services>[Name]> }

export type SwarmNode = Libp2p<Services>

/** A Helia node, with what the others call it by. */
export interface SwarmPeer {
  readonly helia: HeliaWithLibp2p<Services>
  readonly libp2p: SwarmNode
  readonly files: UnixFS
}

/** The five nodes by name. Everything stays on loopback. */
export interface Swarm {
  readonly peers: Readonly<Record<NodeName, SwarmPeer>>
  stop(): Promise<void>
}

export const nodeNames = ['alpha', 'beta', 'gamma', 'delta', 'epsilon'] as const
export type NodeName = (typeof nodeNames)[number]

/** Starts the nodes and introduces them; those that have a plugin are measured from their first byte. */
export async function startSwarm(plugins: Partial<Record<NodeName, Libp2pPlugin>>): Promise<Swarm> {
  const started = await Promise.all(
    nodeNames.map(async (name) => [name, await startPeer(plugins[name])] as const),
  )
  const peers = Object.fromEntries(started) as Record<NodeName, SwarmPeer>
  for (const peer of [peers.beta, peers.gamma, peers.delta, peers.epsilon])
    await peer.libp2p.dial(peers.alpha.libp2p.getMultiaddrs().filter(isTcp))
  return {
    peers,
    stop: async () => void (await Promise.all(Object.values(peers).map(({ helia }) => helia.stop()))),
  }
}

async function startPeer(plugin: Libp2pPlugin | undefined): Promise<SwarmPeer> {
  // Helia and libp2p take the same metrics, each for the modules of its own
  const metrics = plugin && { metrics: plugin.metrics }
  const bare = withLibp2pLight(createHeliaLight({ ...metrics }), libp2pOptions(plugin))
  const helia = await withBitswap(bare).start()
  await serveData(helia.libp2p)
  return { helia, libp2p: helia.libp2p, files: unixfs(helia) }
}

function libp2pOptions(plugin: Libp2pPlugin | undefined) {
  // a certificate that is renewed every few minutes, so that a rotation can be watched
  const certificates = { certificateLifespan: 360_000, certificateRenewalThreshold: 180_000 }
  // without an empty list the native library asks a STUN server on the internet
  const webrtc = { ...certificates, rtcConfiguration: { iceServers: [] } }
  const listen = [
    '/ip4/127.0.0.1/tcp/0',
    ...(plugin === undefined ? [] : ['/ip4/127.0.0.1/udp/0/webrtc-direct']),
  ]
  return {
    addresses: { listen },
    transports: [tcp(), webRTCDirect(webrtc), circuitRelayTransport()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    peerDiscovery: [],
    connectionMonitor: { enabled: false },
    services: services(),
    ...(plugin && { metrics: plugin.metrics }),
  }
}

export function isTcp(address: { toString(): string }): boolean {
  return address.toString().includes('/tcp/') && !address.toString().includes('/p2p-circuit')
}
