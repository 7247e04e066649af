/**
 * The child process of `receiver-process.ts`: keeps what arrives over UDP, TCP or a Unix datagram socket. As a process of
 * its own it can be stopped, and then reads nothing while the kernel's queues fill.
 */
import { createSocket } from 'node:dgram'
import { createServer, type AddressInfo } from 'node:net'
import { DgramSocket } from 'node-unix-socket'

/** After this many turns of the event loop without data, the kernel's queues are empty. */
const QUIET_TURNS = 10
const RECEIVE_BUFFER_BYTES = 4_194_304

/** Datagrams, or what came over each connection so far. */
const received: Buffer[] = []
/** TCP: chunks are joined when they are requested. */
const joins: (() => void)[] = []
let activity = 0

function take(bytes: Buffer): void {
  activity++
  received.push(bytes)
}

const [, , protocol, address] = process.argv
if (protocol === 'udp') {
  const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES }, take)
  socket.bind(Number(address), '127.0.0.1', () => process.send!({ port: socket.address().port }))
} else if (protocol === 'unix') {
  const socket = new DgramSocket()
  socket.on('data', take)
  socket.bind(address)
  process.send!({ port: 0 })
} else {
  const server = createServer((socket) => {
    const connection = received.push(Buffer.alloc(0)) - 1
    activity++
    const chunks: Buffer[] = []
    socket.on('data', (bytes) => {
      activity++
      chunks.push(bytes)
    })
    socket.on('error', () => {})
    joins.push(() => (received[connection] = Buffer.concat(chunks)))
  })
  server.listen(Number(address), '127.0.0.1', () =>
    process.send!({ port: (server.address() as AddressInfo).port }),
  )
}

process.on('message', async () => {
  for (let quiet = 0; quiet < QUIET_TURNS; quiet++) {
    const before = activity
    await new Promise((resolve) => setImmediate(resolve))
    if (activity !== before) quiet = -1
  }
  for (const join of joins) join()
  process.send!(received)
  if (protocol !== 'tcp') received.length = 0
})
process.on('disconnect', () => process.exit())
