import { circuitRelayServer, circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { webRTCDirect } from '@libp2p/webrtc'
import { yamux } from '@libp2p/yamux'
import type { Libp2pPlugin } from '@tidegauge/plugin-libp2p'
import { createLibp2p, type Libp2p } from 'libp2p'
import { serveData } from './data-protocol.js'

const services = () => ({ identify: identify(), ping: ping(), relay: circuitRelayServer() })

export type SwarmNode = Libp2p<{
  identify: ReturnType<ReturnType<typeof identify>>
  ping: ReturnType<ReturnType<typeof ping>>
}>

/** The five nodes by name. Everything stays on loopback. */
export interface Swarm {
  readonly nodes: Readonly<Record<NodeName, SwarmNode>>
  stop(): Promise<void>
}

export const nodeNames = ['alpha', 'beta', 'gamma', 'delta', 'epsilon'] as const
export type NodeName = (typeof nodeNames)[number]

/** Starts the nodes; those that have a plugin are measured from their first byte. */
export async function startSwarm(plugins: Partial<Record<NodeName, Libp2pPlugin>>): Promise<Swarm> {
  const started = await Promise.all(
    nodeNames.map(async (name) => [name, await startNode(plugins[name])] as const),
  )
  const nodes = Object.fromEntries(started) as Record<NodeName, SwarmNode>
  return {
    nodes,
    stop: async () => void (await Promise.all(Object.values(nodes).map((node) => node.stop()))),
  }
}

async function startNode(plugin: Libp2pPlugin | undefined): Promise<SwarmNode> {
  // a certificate that is renewed every few minutes, so that a rotation can be watched
  const certificates = { certificateLifespan: 360_000, certificateRenewalThreshold: 180_000 }
  // without an empty list the native library asks a STUN server on the internet
  const webrtc = { ...certificates, rtcConfiguration: { iceServers: [] } }
  const listen = [
    '/ip4/127.0.0.1/tcp/0',
    ...(plugin === undefined ? [] : ['/ip4/127.0.0.1/udp/0/webrtc-direct']),
  ]
  const node = await createLibp2p({
    addresses: { listen },
    transports: [tcp(), webRTCDirect(webrtc), circuitRelayTransport()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    peerDiscovery: [],
    connectionMonitor: { enabled: false },
    services: services(),
    ...(plugin && { metrics: plugin.metrics }),
  })
  await serveData(node)
  return node
}
