/**
 * Loaded before the StatsD server by `statsd-server.ts`: adds what Node.js 23 removed, and lets the test start the
 * flushes, so that no test waits for a timer.
 */
const dgram = require('node:dgram')
const net = require('node:net')
const util = require('node:util')

util.log ??= (...words) => console.error(...words)

/** After this many turns of the event loop without data, the kernel's queues are empty. */
const QUIET_TURNS = 10

let activity = 0
const active = () => activity++

const { createServer } = net
net.createServer = (...given) => {
  const server = createServer(...given)
  return server.prependListener('connection', (socket) => {
    active()
    socket.on('data', active)
    socket.on('end', active)
  })
}
const { createSocket } = dgram
dgram.createSocket = (...given) => createSocket(...given).on('message', active)

/** The server's own flush function, taken from the call that schedules it. */
let flush
const { setTimeout } = globalThis
globalThis.setTimeout = (callback, ...rest) => {
  if (callback.name !== 'flushMetrics') return setTimeout(callback, ...rest)
  flush = callback
  return undefined
}

async function drain() {
  for (let quiet = 0; quiet < QUIET_TURNS; quiet++) {
    const before = activity
    await new Promise((resolve) => setImmediate(resolve))
    if (activity !== before) quiet = -1
  }
}

process.on('message', async (command) => {
  await drain()
  if (command.flush) flush()
  process.send({ id: command.id })
})
process.on('disconnect', () => process.exit())
