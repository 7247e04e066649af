import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

export interface UdpReceiver {
  readonly port: number
  /** The datagrams since the last call, when no more arrive. */
  take(): Promise<string[]>
  /** Stops listening; datagrams are refused from then on. */
  close(): Promise<void>
}

/** A UDP socket on loopback, closed after the test. A port may be used again. */
export async function openReceiver(port = 0): Promise<UdpReceiver> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 })
  const datagrams: string[] = []
  let isOpen = true
  socket.on('message', (bytes) => datagrams.push(bytes.toString()))
  socket.bind(port, '127.0.0.1')
  await once(socket, 'listening')
  const close = async () => {
    if (!isOpen) return
    isOpen = false
    socket.close()
    await once(socket, 'close')
  }
  onTestFinished(close)
  return {
    port: socket.address().port,
    async take() {
      for (let quiet = 0, before = -1; quiet < 5; quiet++) {
        if (datagrams.length !== before) quiet = 0
        before = datagrams.length
        await new Promise((resolve) => setImmediate(resolve))
      }
      return datagrams.splice(0)
    },
    close,
  }
}
