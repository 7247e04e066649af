import { defineInstruments } from '@tidegauge/core'
import dgram from 'node:dgram'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it, vi } from 'vitest'
import { startTransport, startWithReceiver } from '../support/start-transport.js'
import { openReceiver } from '../support/udp-receiver.js'

const table = defineInstruments({
  hits: { kind: 'counter', name: 'hits', help: 'Hits.', labels: { route: {} }, seriesLimit: 10_000 },
})

describe('UDP', () => {
  it('fills datagrams to 1,432 bytes and no further', async () => {
    const { tidegauge, receiver, instruments } = await startWithReceiver(table)
    for (let i = 0; i < 500; i++) instruments.hits.inc({ route: `/ü/${i}` }, i + 1)
    await tidegauge.flush()
    const datagrams = await receiver.take()
    expect(datagrams.flatMap((text) => text.split('\n'))).toEqual(
      Array.from({ length: 500 }, (_, i) => `hits:${i + 1}|c|#route:/ü/${i}`),
    )
    const lengths = datagrams.map((text) => Buffer.byteLength(text))
    expect(Math.max(...lengths)).toBeLessThanOrEqual(1_432)
    expect(Math.min(...lengths.slice(0, -1))).toBeGreaterThan(1_400)
  })

  it('sends nothing when nothing is due', async () => {
    const { tidegauge, receiver, transport } = await startWithReceiver(table)
    await tidegauge.flush()
    expect(await receiver.take()).toEqual([])
    expect(transport.describe!()).toMatchObject({ datagrams: '0', flushes: '1' })
  })

  it('leaves out a line that is longer than a datagram, logs it once, and sends the rest', async () => {
    const { flush, instruments, transport, log } = await startWithReceiver(table)
    instruments.hits.inc({ route: 'x'.repeat(2_000) })
    instruments.hits.inc({ route: 'short' })
    expect(await flush()).toEqual(['hits:1|c|#route:short'])
    await flush()
    expect(transport.describe!()).toMatchObject({ dropped_oversized: '2' })
    expect(log).toEqual([
      'warn transport "statsd": a line of "hits" is longer than 1432 bytes and is left out: shorten its labels, or raise maxDatagramBytes if the receiver accepts more',
    ])
  })

  it('notices when nobody listens on this machine, and loses nothing', async () => {
    const { tidegauge, receiver, instruments, flush, health } = await startWithReceiver(table)
    instruments.hits.inc({ route: 'a' }, 5)
    expect(await flush()).toEqual(['hits:5|c|#route:a'])
    await receiver.close()
    for (let i = 0; i < 3; i++) {
      instruments.hits.inc({ route: 'a' }, 2)
      await tidegauge.flush()
      expect(health()).toMatchObject({ state: 'down', lastError: expect.stringContaining('ECONNREFUSED') })
    }
    const again = await openReceiver(receiver.port)
    await tidegauge.flush()
    expect(await again.take()).toEqual(['hits:6|c|#route:a'])
    expect(health()).toMatchObject({ state: 'up' })
  })

  it('sends nothing more on a socket after a late refusal, and opens another', async () => {
    const create = vi.spyOn(dgram, 'createSocket')
    const { flush, instruments, health } = await startWithReceiver(table)
    instruments.hits.inc({ route: 'a' }, 5)
    expect(await flush()).toEqual(['hits:5|c|#route:a'])
    const socket = create.mock.results.at(-1)!.value as dgram.Socket
    // as over a network; on this machine a refusal always comes at once
    socket.emit('error', new Error('recvmsg ECONNREFUSED'))
    instruments.hits.inc({ route: 'a' }, 2)
    expect(await flush()).toEqual([])
    expect(health()).toMatchObject({ state: 'down' })
    expect(await flush()).toEqual(['hits:2|c|#route:a'])
    expect(create.mock.results.at(-1)!.value).not.toBe(socket)
    create.mockRestore()
  })

  it('reports a host that does not resolve', async () => {
    const { tidegauge, instruments, health } = await startTransport(table, {
      statsd: { host: 'statsd.invalid' },
    })
    instruments.hits.inc({ route: 'a' })
    await tidegauge.flush()
    expect(health()).toMatchObject({
      state: 'down',
      lastError: expect.stringMatching(/^could not send to udp:\/\/statsd\.invalid:8125: .*statsd\.invalid/),
    })
  })

  it('reports why a socket cannot be connected, and leaves none open', async () => {
    const { tidegauge, instruments, health } = await startTransport(table, {
      statsd: { host: '255.255.255.255' },
    })
    instruments.hits.inc({ route: 'a' })
    const before = process.getActiveResourcesInfo().length
    for (let i = 0; i < 5; i++) await tidegauge.flush()
    expect(health()).toMatchObject({
      state: 'down',
      lastError: expect.stringContaining('connect EACCES 255.255.255.255'),
    })
    await expect.poll(() => process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before)
  })

  it('sends over IPv6', async () => {
    const socket = dgram.createSocket('udp6')
    const datagrams: string[] = []
    socket.on('message', (bytes) => datagrams.push(bytes.toString()))
    await new Promise<void>((resolve) => socket.bind(0, '::1', resolve))
    const { tidegauge, instruments } = await startTransport(table, {
      statsd: { url: `udp://[::1]:${socket.address().port}` },
    })
    instruments.hits.inc({ route: 'a' })
    await tidegauge.flush()
    await expect.poll(() => datagrams).toEqual(['hits:1|c|#route:a'])
    socket.close()
  })
})

describe('statsd-client', () => {
  const require = createRequire(import.meta.url)

  // the internals that this package uses or avoids
  it('has the internals that its datagrams are sent through', () => {
    const source = readFileSync(require.resolve('statsd-client/lib/EphemeralSocket.js'), 'utf8')
    expect(require('statsd-client/package.json')).toMatchObject({ name: 'statsd-client' })
    for (const part of [
      'if (this._maxBufferSize === 0) {\n        return this._send(data);',
      'if (this._socketTimeoutMsec > 0 && !this._socketTimer) {',
      'that._socket.send(message, 0, message.length, that._port, that._hostname);',
      'var message = Buffer.from(data);',
    ])
      expect(source).toContain(part)
  })

  it('starts no timer, opens one socket, and does not keep the process alive', async () => {
    const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
    const { flush, instruments, receiver, transport } = await startWithReceiver(table)
    for (let i = 0; i < 50; i++) {
      instruments.hits.inc({ route: 'a' })
      await flush()
    }
    const after = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
    expect(after).toBeLessThanOrEqual(before)
    expect([transport.describe!()['datagrams'], receiver.port > 0]).toEqual(['50', true])
  })
})
