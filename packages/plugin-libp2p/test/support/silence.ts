import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { connect, createServer, type AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** Connects to a node and then sends nothing. */
export async function silentConnection(address: string): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port: Number(address.split('/')[4]) })
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  // a connection that is refused at once closes before it is connected
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve))
}

/** The address of a server that accepts connections and then sends nothing. */
export async function silentServer(): Promise<Multiaddr> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    onClose.push(() => socket.destroy())
  })
  const onClose: (() => void)[] = []
  onTestFinished(() => {
    for (const close of onClose) close()
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return multiaddr(`/ip4/127.0.0.1/tcp/${(server.address() as AddressInfo).port}`)
}
