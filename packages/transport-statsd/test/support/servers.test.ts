/** The servers that other tests use: they lose nothing themselves, and the proxy breaks what it should. */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { connect, type Socket as Connection } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { startBreakingProxy } from './breaking-proxy.js'
import { startReceiver } from './receiver-process.js'
import { startStatsd } from './statsd-server.js'

const opened: (() => unknown)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close()
})

function udp(): { socket: Socket; send(port: number, text: string): Promise<unknown> } {
  const socket = createSocket('udp4')
  opened.push(() => socket.close())
  return { socket, send: (port, text) => new Promise((sent) => socket.send(text, port, '127.0.0.1', sent)) }
}

async function tcp(port: number): Promise<Connection> {
  const socket = connect(port, '127.0.0.1')
  opened.push(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

const write = (socket: Connection, text: string) => new Promise((written) => socket.write(text, written))

describe('the StatsD server of the tests', () => {
  it('reads every datagram and every line of a connection before it flushes', async () => {
    const server = await startStatsd()
    opened.push(() => server.stop())
    const { send } = udp()
    const connection = await tcp(server.port)
    for (let flush = 0; flush < 20; flush++) {
      for (let i = 0; i < 50; i++) await send(server.port, 'a:1|c\nb:2|c|@0.5')
      await write(connection, 'a:1|c\n'.repeat(20_000))
      expect((await server.flush()).counters).toEqual({ a: 20_050, b: 200 })
    }
    expect(server.counters).toEqual(
      new Map([
        ['a', 401_000],
        ['b', 4_000],
      ]),
    )
  })

  it('keeps gauges; timers and sets are those of one flush', async () => {
    const server = await startStatsd()
    opened.push(() => server.stop())
    const { send } = udp()
    await send(server.port, 'g:5|g\ng:-7|g\nt:3|ms|@0.5\nt:1|ms\nu:x|s')
    expect(await server.flush()).toMatchObject({
      gauges: { g: -2 },
      timers: { t: [1, 3] },
      timerCounts: { t: 3 },
      sets: { u: ['x'] },
    })
    expect(await server.flush()).toMatchObject({ gauges: { g: -2 }, timers: {}, sets: {} })
  })

  it('flushes when it is stopped, starts again on the same port, and forgets everything when it is killed', async () => {
    const server = await startStatsd()
    opened.push(() => server.stop())
    const { send } = udp()
    await send(server.port, 'a:1|c')
    await server.stop()
    expect(server.counters.get('a')).toBe(1)
    await server.start()
    await send(server.port, 'a:2|c')
    await server.flush()
    expect(server.counters.get('a')).toBe(3)
    await send(server.port, 'a:4|c')
    await server.kill()
    await server.start()
    await server.flush()
    expect(server.counters.get('a')).toBe(3)
  })

  it('counts refused lines, and stores DogStatsD tags as Graphite tags', async () => {
    const server = await startStatsd()
    opened.push(() => server.stop())
    const { send } = udp()
    await send(server.port, 'bad\na:x|c\na:1|c|#k:v,l:w')
    expect((await server.flush()).counters).toEqual({ 'a;k=v;l=w': 1 })
    expect(server.badLines).toBe(2)
  })

  it('rejects a flush after a crash: a metric named constructor crashes the server', async () => {
    const server = await startStatsd()
    opened.push(() => server.kill())
    const { send } = udp()
    await send(server.port, 'constructor:1|ms')
    await expect(server.flush()).rejects.toThrow('has ended')
  })
})

describe('a receiver', () => {
  it('keeps datagrams unchanged', async () => {
    const receiver = await startReceiver('udp')
    opened.push(() => receiver.stop())
    const { send } = udp()
    for (let i = 0; i < 500; i++) await send(receiver.port, `${i}`)
    expect((await receiver.received()).map((one) => Buffer.from(one).toString())).toEqual(
      Array.from({ length: 500 }, (_, i) => `${i}`),
    )
    expect(await receiver.received()).toEqual([])
  })

  it('keeps the bytes of each connection, and reads nothing while it is paused', async () => {
    const receiver = await startReceiver('tcp')
    opened.push(() => receiver.stop())
    const [one, two] = [await tcp(receiver.port), await tcp(receiver.port)]
    await write(one, 'first')
    await receiver.received()
    receiver.pause()
    let isWritten = false
    two.write(Buffer.alloc(50_000_000, 'x'), () => (isWritten = true))
    await write(one, ' and more')
    const bytesSoFar = two.bytesWritten
    expect(bytesSoFar).toBeGreaterThan(0)
    expect(isWritten).toBe(false)
    receiver.resume()
    await expect.poll(() => isWritten, { timeout: 20_000 }).toBe(true)
    const [first, second] = await receiver.received()
    expect(Buffer.from(first).toString()).toBe('first and more')
    expect(second.length).toBe(50_000_000)
  })
})

describe('the breaking proxy', () => {
  it('closes with an end when everything was forwarded', async () => {
    const receiver = await startReceiver('tcp')
    opened.push(() => receiver.stop())
    const proxy = await startBreakingProxy({ to: receiver.port, after: [10], how: 'end' })
    opened.push(() => proxy.stop())
    const socket = await tcp(proxy.port)
    const seen: string[] = []
    for (const event of ['end', 'error']) socket.on(event, () => seen.push(event))
    await write(socket, '0123456789')
    await expect.poll(() => seen).toEqual(['end'])
  })

  it.each(['end', 'reset'] as const)('forwards exactly that many bytes and then breaks: %s', async (how) => {
    const receiver = await startReceiver('tcp')
    opened.push(() => receiver.stop())
    const proxy = await startBreakingProxy({ to: receiver.port, after: [5, 7], how })
    opened.push(() => proxy.stop())
    for (const expected of ['01234', '0123456', '0123456789']) {
      const socket = await tcp(proxy.port)
      const seen: string[] = []
      for (const event of ['end', 'error']) socket.on(event, () => seen.push(event))
      await write(socket, '0123456789')
      if (expected.length < 10) await expect.poll(() => seen).toEqual(['error'])
      await proxy.allForwarded()
      expect(Buffer.from((await receiver.received()).at(-1)!).toString()).toBe(expected)
    }
    expect(proxy).toMatchObject({ connections: 3, breaks: 2, forwardedBytes: 22 })
  })
})
