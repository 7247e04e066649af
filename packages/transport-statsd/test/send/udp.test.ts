import { defineInstruments } from '@tidegauge/core'
import dgram from 'node:dgram'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it, vi } from 'vitest'
import { runHost, runWithReceiver } from '../support/run-host.js'
import { openReceiver } from '../support/udp-receiver.js'

const table = defineInstruments({
  hits: { kind: 'counter', name: 'hits', help: 'Hits.', labels: { route: {} }, seriesLimit: 10_000 },
})

describe('UDP', () => {
  it('fills datagrams to 1,432 bytes and no further', async () => {
    const { host, receiver, instruments } = await runWithReceiver(table)
    for (let i = 0; i < 500; i++) instruments.hits.inc({ route: `/ü/${i}` }, i + 1)
    await host.flush()
    const datagrams = await receiver.take()
    expect(datagrams.flatMap((text) => text.split('\n'))).toEqual(
      Array.from({ length: 500 }, (_, i) => `hits:${i + 1}|c|#route:/ü/${i}`),
    )
    const lengths = datagrams.map((text) => Buffer.byteLength(text))
    expect(Math.max(...lengths)).toBeLessThanOrEqual(1_432)
    expect(Math.min(...lengths.slice(0, -1))).toBeGreaterThan(1_400)
  })

  it('sends nothing when there is nothing to say', async () => {
    const { host, receiver, transport } = await runWithReceiver(table)
    await host.flush()
    expect(await receiver.take()).toEqual([])
    expect(transport.describe!()).toMatchObject({ datagrams: '0', flushes: '1' })
  })

  it('leaves out a line that is longer than a datagram, tells it once, and sends the rest', async () => {
    const messages: string[] = []
    const logger = { debug() {}, info() {}, warn: (text: string) => messages.push(text), error() {} }
    const { flush, instruments, transport } = await runWithReceiver(table, { host: { logger } })
    instruments.hits.inc({ route: 'x'.repeat(2_000) })
    instruments.hits.inc({ route: 'short' })
    expect(await flush()).toEqual(['hits:1|c|#route:short'])
    await flush()
    expect(transport.describe!()).toMatchObject({ dropped_oversized: '2' })
    expect(messages).toEqual([
      'transport "statsd": a line of "hits" is longer than 1432 bytes and is left out: shorten its labels, or raise maxDatagramBytes if the receiver takes more',
    ])
  })

  it('hears on this machine that nobody listens, and loses nothing by it', async () => {
    const { host, receiver, instruments, flush } = await runWithReceiver(table)
    instruments.hits.inc({ route: 'a' }, 5)
    expect(await flush()).toEqual(['hits:5|c|#route:a'])
    await receiver.close()
    for (let i = 0; i < 3; i++) {
      instruments.hits.inc({ route: 'a' }, 2)
      await host.flush()
      expect(host.health().transports).toMatchObject([
        { state: 'down', lastError: expect.stringContaining('ECONNREFUSED') },
      ])
    }
    const again = await openReceiver(receiver.port)
    await host.flush()
    expect(await again.take()).toEqual(['hits:6|c|#route:a'])
    expect(host.health().transports).toMatchObject([{ state: 'up' }])
  })

  it('sends nothing more on a socket that heard of a refusal late, and opens another', async () => {
    const create = vi.spyOn(dgram, 'createSocket')
    const { flush, host, instruments } = await runWithReceiver(table)
    instruments.hits.inc({ route: 'a' }, 5)
    expect(await flush()).toEqual(['hits:5|c|#route:a'])
    const socket = create.mock.results.at(-1)!.value as dgram.Socket
    // as it comes over a network; on this machine it always comes at once
    socket.emit('error', new Error('recvmsg ECONNREFUSED'))
    instruments.hits.inc({ route: 'a' }, 2)
    expect(await flush()).toEqual([])
    expect(host.health().transports).toMatchObject([{ state: 'down' }])
    expect(await flush()).toEqual(['hits:2|c|#route:a'])
    expect(create.mock.results.at(-1)!.value).not.toBe(socket)
    create.mockRestore()
  })

  it('puts up with a host that does not resolve', async () => {
    const { host, instruments } = await runHost(table, { statsd: { host: 'statsd.invalid' } })
    instruments.hits.inc({ route: 'a' })
    await host.flush()
    expect(host.health().transports).toMatchObject([
      {
        state: 'down',
        lastError: expect.stringMatching(
          /^could not send to udp:\/\/statsd\.invalid:8125: .*statsd\.invalid/,
        ),
      },
    ])
  })

  it('tells why a socket can’t be connected, and leaves none open', async () => {
    const { host, instruments } = await runHost(table, { statsd: { host: '255.255.255.255' } })
    instruments.hits.inc({ route: 'a' })
    const before = process.getActiveResourcesInfo().length
    for (let i = 0; i < 5; i++) await host.flush()
    expect(host.health().transports).toMatchObject([
      { state: 'down', lastError: expect.stringContaining('connect EACCES 255.255.255.255') },
    ])
    await expect.poll(() => process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before)
  })

  it('sends over IPv6', async () => {
    const socket = dgram.createSocket('udp6')
    const datagrams: string[] = []
    socket.on('message', (bytes) => datagrams.push(bytes.toString()))
    await new Promise<void>((resolve) => socket.bind(0, '::1', resolve))
    const { host, instruments } = await runHost(table, {
      statsd: { url: `udp://[::1]:${socket.address().port}` },
    })
    instruments.hits.inc({ route: 'a' })
    await host.flush()
    await expect.poll(() => datagrams).toEqual(['hits:1|c|#route:a'])
    socket.close()
  })
})

describe('statsd-client', () => {
  const require = createRequire(import.meta.url)

  // what is relied on, and what is kept away from users, is in these lines of its sources
  it('has the inside that its datagrams are sent through', () => {
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
    const { flush, instruments, receiver, transport } = await runWithReceiver(table)
    for (let i = 0; i < 50; i++) {
      instruments.hits.inc({ route: 'a' })
      await flush()
    }
    const after = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
    expect(after).toBeLessThanOrEqual(before)
    expect([transport.describe!()['datagrams'], receiver.port > 0]).toEqual(['50', true])
  })
})
