/** Receives datagrams on a free port and prints, when asked by a line on stdin, how many came: `node sink.ts`. */
import { createSocket } from 'node:dgram'

const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 })
let datagrams = 0
let bytes = 0
socket.on('message', (message) => {
  datagrams++
  bytes += message.length
})
socket.bind(0, '127.0.0.1', () => process.stdout.write(`${socket.address().port}\n`))
process.stdin.on('data', () => process.stdout.write(`${JSON.stringify({ datagrams, bytes })}\n`))
process.stdin.on('end', () => process.exit(0))
