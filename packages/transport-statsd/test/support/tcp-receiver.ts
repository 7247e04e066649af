import { createServer, type Socket } from 'node:net'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

export interface TcpReceiver {
  readonly port: number
  /** What came over each connection, in the order in which they were made. */
  readonly connections: string[]
  readonly sockets: Set<Socket>
  close(): Promise<void>
}

/** A TCP server on loopback. `serve` may do something else with a connection than read it to its end. */
export async function openTcpReceiver(
  serve?: (socket: Socket, index: number) => 'read' | undefined,
  port = 0,
): Promise<TcpReceiver> {
  const connections: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const index = connections.push('') - 1
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    if (serve !== undefined && serve(socket, index) === undefined) return
    socket.on('data', (bytes) => (connections[index] += bytes.toString()))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  let isOpen = true
  const close = async () => {
    if (!isOpen) return
    isOpen = false
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  }
  onTestFinished(close)
  return { port: (server.address() as { port: number }).port, connections, sockets, close }
}
