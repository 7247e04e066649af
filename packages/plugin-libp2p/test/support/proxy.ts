import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import type { Libp2p } from '@libp2p/interface'
import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A wire between two nodes that counts the bytes on it, and knows nothing about libp2p. */
export interface CountingProxy {
  /** The address to dial in place of the node's. */
  readonly address: Multiaddr
  /** Bytes from the node that dialed. */
  toNode: number
  /** Bytes to the node that dialed. */
  fromNode: number
}

/** Puts a counting TCP proxy in front of a node's first TCP address. */
export async function createProxy(node: Libp2p): Promise<CountingProxy> {
  const target = node
    .getMultiaddrs()
    .find((address) => /\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\//.test(String(address)))
  const port = Number(String(target).split('/')[4])
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect({ host: '127.0.0.1', port })
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => (socket === near ? far : near).destroy())
    }
    near.on('data', (data) => {
      proxy.toNode += data.byteLength
      far.write(data)
    })
    far.on('data', (data) => {
      proxy.fromNode += data.byteLength
      near.write(data)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port: own } = server.address() as AddressInfo
  const proxy: CountingProxy = {
    address: multiaddr(`/ip4/127.0.0.1/tcp/${own}/p2p/${node.peerId.toString()}`),
    toNode: 0,
    fromNode: 0,
  }
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return proxy
}
