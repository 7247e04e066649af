import type { Libp2p } from 'libp2p'
import { isTcp, type SwarmNode } from './nodes.js'

/** Moves bytes from the dialer to the listener; the listener counts and drops them. */
export const dataProtocol = '/tidegauge/swarm/1.0.0'

export async function serveData(node: Libp2p<any>): Promise<void> {
  await node.handle(dataProtocol, (stream) => {
    stream.addEventListener('message', () => {})
    // a dialer that resets its stream half-way is part of the show
    stream.addEventListener('remoteCloseWrite', () => void stream.close().catch(() => {}))
  })
}

/** Sends `bytes` to another node over a stream of its own. */
export async function sendData(from: SwarmNode, to: SwarmNode, bytes: number): Promise<void> {
  const stream = await from.dialProtocol(to.getMultiaddrs().filter(isTcp), dataProtocol)
  const chunk = new Uint8Array(16 * 1024)
  for (let left = bytes; left > 0; left -= chunk.length)
    if (!stream.send(left < chunk.length ? chunk.subarray(0, left) : chunk)) await stream.onDrain()
  await stream.close()
}

/** Begins to send, and breaks off. */
export async function breakOff(from: SwarmNode, to: SwarmNode): Promise<void> {
  const stream = await from.dialProtocol(to.getMultiaddrs().filter(isTcp), dataProtocol)
  stream.send(new Uint8Array(1_000))
  stream.abort(new Error('changed its mind'))
}
