/** Receives datagrams on a free port. Prints how many arrived for each line on stdin: `node sink.ts`. */
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
