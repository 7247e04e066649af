import { testPlugin, testTransport } from '@tidegauge/testkit'
import { createSocket } from 'node:dgram'
import { afterAll, beforeAll } from 'vitest'
import { statsd } from '../src/index.js'
import { parseDatagram } from './support/parser/parse-datagram.js'

const socket = createSocket('udp4')
const datagrams: Buffer[] = []
let port = 0

beforeAll(async () => {
  socket.on('message', (bytes) => datagrams.push(bytes))
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  port = socket.address().port
  // the suite counts open sockets
  socket.unref()
})
afterAll(() => void socket.close())

testTransport({
  name: 'statsd',
  create: () => statsd({ port }),
  receive: async (_, host) => {
    datagrams.length = 0
    await host.flush()
    await new Promise((resolve) => setTimeout(resolve, 20))
    return datagrams
      .splice(0)
      .flatMap((bytes) => parseDatagram('dogstatsd', bytes))
      .map(({ name, tags, value }) => ({
        name: name.replace(/\.count$/, ''),
        labels: Object.fromEntries(tags),
        value,
      }))
  },
})

testPlugin({
  name: 'statsd',
  create: () => statsd().selfMetrics(),
  present: ['tidegauge_statsd_lines_total', 'tidegauge_statsd_dropped_lines_total'],
})
