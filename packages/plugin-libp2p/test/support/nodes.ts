import { identify } from '@libp2p/identify'
import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { ping, type Ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p, type Libp2pOptions } from 'libp2p'
import { onTestFinished } from 'vitest'

export type TestNode = Libp2p<{ ping: Ping; identify: object }>

/** A real node that listens on loopback only, discovers no peers and sends nothing by itself. */
export async function createNode(options: Partial<Libp2pOptions<any>> = {}): Promise<TestNode> {
  const node = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    peerDiscovery: [],
    connectionMonitor: { enabled: false },
    ...options,
    services: { identify: identify(), ping: ping(), ...options.services },
  })
  onTestFinished(async () => {
    await node.stop()
  }, 20_000)
  return node
}

/** Opens a stream of `protocol` on the first connection to `peer`. */
export async function openStream(from: Libp2p, to: Libp2p, protocol: string): Promise<Stream> {
  return from.dialProtocol(to.getMultiaddrs(), protocol)
}

/** The connection of `node` to `peer`. */
export function connectionTo(node: Libp2p, peer: Libp2p): Connection {
  const connection = node.getConnections(peer.peerId)[0]
  if (connection === undefined) throw new Error('no connection')
  return connection
}

export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Waits until a number stops changing, such as bytes that are still on the wire. */
export async function untilSteady(read: () => number, quietMs = 150): Promise<void> {
  let last = read()
  let since = performance.now()
  while (performance.now() - since < quietMs) {
    await delay(20)
    const now = read()
    if (now !== last) since = performance.now()
    last = now
  }
}
