import { defineInstruments } from '@tidegauge/core'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { HostResolver } from '../../src/send/host-resolver.js'
import { TcpSender } from '../../src/send/tcp.js'
import { startTransport } from '../support/start-transport.js'
import { openTcpReceiver } from '../support/tcp-receiver.js'

const table = defineInstruments({
  hits: { kind: 'counter', name: 'hits', help: 'Hits.', labels: { route: {} }, seriesLimit: 10_000 },
})

const start = (port: number, more: object = {}) =>
  startTransport(table, { statsd: { protocol: 'tcp', port, ...more } })

describe('TCP', () => {
  it('sends complete lines, each with its line break, and one connection per chunk', async () => {
    const receiver = await openTcpReceiver()
    const { tidegauge, instruments, transport } = await start(receiver.port, { maxDatagramBytes: 200 })
    for (let i = 0; i < 20; i++) instruments.hits.inc({ route: `/${i}` }, 2)
    await tidegauge.flush()
    expect(receiver.connections.join('')).toBe(
      Array.from({ length: 20 }, (_, i) => `hits:2|c|#route:/${i}\n`).join(''),
    )
    expect(receiver.connections).toHaveLength(2)
    for (const text of receiver.connections) {
      expect(text.length).toBeLessThanOrEqual(200)
      expect(text.endsWith('\n')).toBe(true)
    }
    expect(transport.describe!()).toMatchObject({ datagrams: '2', lines: '20' })
    expect(receiver.sockets.size).toBe(0)
  })

  it('loses and doubles nothing while nobody accepts connections', async () => {
    const first = await openTcpReceiver()
    const { tidegauge, instruments, health } = await start(first.port)
    instruments.hits.inc({ route: 'a' }, 5)
    await tidegauge.flush()
    await first.close()
    instruments.hits.inc({ route: 'a' }, 2)
    await tidegauge.flush()
    expect(health()).toMatchObject({ state: 'down', lastError: expect.stringContaining('ECONNREFUSED') })
    const second = await openTcpReceiver(undefined, first.port)
    await tidegauge.flush()
    expect([first.connections, second.connections]).toEqual([
      ['hits:5|c|#route:a\n'],
      ['hits:2|c|#route:a\n'],
    ])
  })

  it('sends again what was reset before it was read', async () => {
    const receiver = await openTcpReceiver((socket, index) => {
      if (index > 0) return 'read'
      socket.pause()
      setTimeout(() => socket.resetAndDestroy(), 20)
      return undefined
    })
    const { tidegauge, instruments, transport, health } = await start(receiver.port)
    instruments.hits.inc({ route: 'a' }, 5)
    await tidegauge.flush()
    expect(health()).toMatchObject({ state: 'down' })
    await tidegauge.flush()
    expect(receiver.connections).toEqual(['', 'hits:5|c|#route:a\n'])
    expect(transport.describe!()).toMatchObject({ doubtfulLines: '1' })
  })

  it('counts lines as sent when the receiver read them and closed before our end', async () => {
    const receiver = await openTcpReceiver((socket) => {
      // as a server does that is being stopped
      socket.once('data', () => socket.end())
      return undefined
    })
    const { tidegauge, instruments, transport } = await start(receiver.port)
    instruments.hits.inc({ route: 'a' }, 5)
    await tidegauge.flush()
    await tidegauge.flush()
    expect(receiver.connections).toHaveLength(1)
    expect(transport.describe!()).toMatchObject({ lines: '1', doubtfulLines: '0' })
  })

  it('sends nothing to a receiver that closes at once, so nothing is in doubt', async () => {
    const receiver = await openTcpReceiver((socket, index) => {
      if (index > 0) return 'read'
      socket.end()
      return undefined
    })
    const { tidegauge, instruments, transport, health } = await start(receiver.port)
    instruments.hits.inc({ route: 'a' }, 5)
    await tidegauge.flush()
    expect(health()).toMatchObject({
      lastError: expect.stringContaining('closed the connection before anything was sent'),
    })
    await tidegauge.flush()
    expect(receiver.connections).toEqual(['', 'hits:5|c|#route:a\n'])
    expect(transport.describe!()).toMatchObject({ doubtfulLines: '0' })
  })

  it('watches a connection before it sends, for as long as it took to connect', async () => {
    const receiver = await openTcpReceiver((socket) => void setTimeout(() => socket.end(), 50))
    const sender = new TcpSender(new HostResolver('127.0.0.1', 4), {
      host: '127.0.0.1',
      port: receiver.port,
      maxBytes: 8_192,
    })
    onTestFinished(() => sender.close())
    // on loopback no round trip takes 300 ms
    let ms = 0
    const now = vi.spyOn(performance, 'now').mockImplementation(() => (ms += 300))
    onTestFinished(() => now.mockRestore())
    expect(await sender.send(Buffer.from('hits:1|c\n'))).toMatchObject({ outcome: 'failed' })
  })

  it('waits for a receiver that reads late, then sends what was added since', async () => {
    const receiver = await openTcpReceiver((socket, index) => {
      if (index > 0) return 'read'
      socket.pause()
      return 'read'
    })
    const { tidegauge, instruments, transport, health } = await start(receiver.port)
    instruments.hits.inc({ route: 'a' }, 5)
    await tidegauge.flush()
    expect(health()).toMatchObject({
      state: 'down',
      lastError: expect.stringContaining('is not sent yet'),
    })
    instruments.hits.inc({ route: 'a' }, 2)
    expect([...receiver.sockets]).toHaveLength(1)
    for (const socket of receiver.sockets) socket.resume()
    await expect.poll(() => transport.describe!()['lines']).toBe('1')
    await tidegauge.flush()
    expect(receiver.connections.slice(0, 2)).toEqual(['hits:5|c|#route:a\n', 'hits:2|c|#route:a\n'])
  })

  it('opens no second connection while a receiver does not read, and closes in time when it is stopped', async () => {
    const receiver = await openTcpReceiver(() => undefined)
    const { tidegauge, instruments, transport } = await start(receiver.port, { flushIntervalMs: 50 })
    for (const socket of receiver.sockets) socket.pause()
    instruments.hits.inc({ route: 'a' }, 5)
    await expect.poll(() => Number(transport.describe!()['errors']), { timeout: 10_000 }).toBeGreaterThan(5)
    expect(receiver.connections).toHaveLength(1)
    const from = performance.now()
    await tidegauge.stop()
    expect(performance.now() - from).toBeLessThan(5_000)
    // a socket that is not read does not see its end
    for (const socket of receiver.sockets) socket.resume()
    await expect.poll(() => receiver.sockets.size).toBe(0)
    expect(receiver.connections).toHaveLength(1)
  })

  it('causes no uncaught error when connections are dropped at once', async () => {
    const receiver = await openTcpReceiver((socket) => void socket.destroy())
    const { tidegauge, instruments, health } = await start(receiver.port)
    for (let i = 0; i < 20; i++) {
      instruments.hits.inc({ route: 'a' })
      await tidegauge.flush()
    }
    expect(health()).toMatchObject({ state: 'down' })
  })
})
