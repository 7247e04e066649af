import type { Stream } from '@libp2p/interface'
import { describe, expect, it } from 'vitest'
import { libp2p } from '../../src/index.js'
import { ofProtocol, protocolsOf, readWhenQuiet, total } from '../support/values.js'
import { startTestHost, type TestHost, until } from '@tidegauge/testkit'
import { connectionTo, createNode, delay, openStream, untilSteady, type TestNode } from '../support/nodes.js'
import { createProxy } from '../support/proxy.js'

const PROTOCOL = '/test/bytes/1'

interface Pair {
  readonly a: TestNode
  readonly b: TestNode
  readonly host: TestHost
}

async function createPair(pluginA = libp2p(), pluginB = libp2p()): Promise<Pair> {
  const a = await createNode({ metrics: pluginA.metrics })
  const b = await createNode({ metrics: pluginB.metrics })
  return { a, b, host: await startTestHost({ a: pluginA.observe(a), b: pluginB.observe(b) }) }
}

/** Counts what the application receives on a protocol, and answers each message with `answer` bytes. */
async function countReceived(node: TestNode, answer = 0): Promise<{ bytes: number; streams: Stream[] }> {
  const received = { bytes: 0, streams: [] as Stream[] }
  await node.handle(PROTOCOL, (stream) => {
    received.streams.push(stream)
    stream.addEventListener('message', ({ data }) => {
      received.bytes += data.byteLength
      if (answer > 0) stream.send(new Uint8Array(answer))
    })
  })
  return received
}

async function send(stream: Stream, messages: number, size: number): Promise<number> {
  for (let i = 0; i < messages; i++) if (!stream.send(new Uint8Array(size))) await stream.onDrain()
  return messages * size
}

function expectMirrored(values: Map<string, number>): void {
  for (const protocol of protocolsOf(values)) {
    const [a, b] = [ofProtocol(values, 'a', protocol), ofProtocol(values, 'b', protocol)]
    expect({ protocol, ...a }).toEqual({ protocol, in: b.out, out: b.in })
  }
}

describe('bytes by protocol', () => {
  it('are what the application sent and received', async () => {
    const { a, b, host } = await createPair()
    const received = await countReceived(b, 7)
    const stream = await openStream(a, b, PROTOCOL)
    let answered = 0
    stream.addEventListener('message', ({ data }) => (answered += data.byteLength))
    const sent = await send(stream, 300, 4_321)
    await until(() => received.bytes === sent, 'all bytes')
    await untilSteady(() => answered)
    const values = await readWhenQuiet(host)
    expect(answered).toBeGreaterThan(0)
    expect(ofProtocol(values, 'a', PROTOCOL)).toEqual({ in: answered, out: sent })
    expect(ofProtocol(values, 'b', PROTOCOL)).toEqual({ in: sent, out: answered })
  })

  it('are the same on both sides for every protocol, with data that came with the negotiation', async () => {
    const { a, b, host } = await createPair()
    await a.dial(b.getMultiaddrs())
    await a.services.ping.ping(b.peerId)
    await b.services.ping.ping(a.peerId)
    const values = await readWhenQuiet(host)
    expect(protocolsOf(values).sort()).toEqual(['/ipfs/id/1.0.0', '/ipfs/ping/1.0.0'])
    expectMirrored(values)
    expect(ofProtocol(values, 'a', '/ipfs/ping/1.0.0')).toEqual({ in: 64, out: 64 })
    expect(ofProtocol(values, 'a', '/ipfs/id/1.0.0').in).toBeGreaterThan(100)
  })

  it('do not contain what a reset dropped before it was sent', async () => {
    const { a, b, host } = await createPair()
    const received = await countReceived(b)
    const stream = await openStream(a, b, PROTOCOL)
    const offered = 8_000_000
    stream.send(new Uint8Array(offered))
    stream.abort(new Error('half-way'))
    await until(() => received.streams[0]?.status === 'reset', 'the reset')
    const values = await readWhenQuiet(host)
    expect(received.bytes).toBeLessThan(offered)
    expect(ofProtocol(values, 'a', PROTOCOL).out).toBe(received.bytes)
    expect(ofProtocol(values, 'b', PROTOCOL).in).toBe(received.bytes)
  })

  it('are what each side sent and received when the receiver resets half-way', async () => {
    const { a, b, host } = await createPair()
    const received = await countReceived(b)
    const stream = await openStream(a, b, PROTOCOL)
    let offered = 0
    const sending = (async () => {
      // until the reset arrives, however late that is
      for (; stream.status === 'open'; await delay(0)) {
        offered += 100_000
        await send(stream, 10, 10_000)
      }
    })().catch(() => {})
    await until(() => received.bytes > 1_000_000, 'the first million')
    const sent = received.bytes
    received.streams[0].abort(new Error('enough'))
    await sending
    const values = await readWhenQuiet(host)
    expect(ofProtocol(values, 'b', PROTOCOL).in).toBe(received.bytes)
    expect(ofProtocol(values, 'a', PROTOCOL).out).toBeGreaterThanOrEqual(sent)
    expect(ofProtocol(values, 'a', PROTOCOL).out).toBeLessThanOrEqual(offered)
  })

  it('do not disturb identify: peers get each other’s agent and protocols', async () => {
    const { a, b } = await createPair()
    const identified = new Promise<{ protocols: string[]; agentVersion?: string }>((resolve) =>
      a.addEventListener('peer:identify', ({ detail }) => resolve(detail), { once: true }),
    )
    await a.dial(b.getMultiaddrs())
    const { protocols, agentVersion } = await identified
    expect(agentVersion).toMatch(/libp2p/)
    expect(protocols).toContain('/ipfs/ping/1.0.0')
  })

  it('are summed by group; protocols of no group are other', async () => {
    const groups = { mine: ['/test/*'], exact: ['/ipfs/ping/1.0.0'] }
    const { a, b, host } = await createPair(libp2p({ groups }))
    const received = await countReceived(b)
    const sent = await send(await openStream(a, b, PROTOCOL), 3, 1_000)
    await until(() => received.bytes === sent, 'all bytes')
    await a.services.ping.ping(b.peerId)
    const values = await readWhenQuiet(host)
    const group = (name: string) =>
      values.get(`libp2p_bandwidth_group_bytes{group="${name}",direction="outbound",node="a"}`)
    expect(group('mine')).toBe(3_000)
    expect(group('exact')).toBe(32)
    expect(group('other')).toBe(ofProtocol(values, 'a', '/ipfs/id/1.0.0').out)
  })

  it('of protocols beyond the limit are counted as other, so that sums stay right', async () => {
    const { a, b, host } = await createPair(libp2p({ maxProtocols: 1 }))
    await a.dial(b.getMultiaddrs())
    await until(() => a.getConnections()[0].streams.length === 0, 'identify to end')
    await a.services.ping.ping(b.peerId)
    const values = await readWhenQuiet(host)
    expect(ofProtocol(values, 'a', 'other').out + ofProtocol(values, 'a', '/ipfs/id/1.0.0').out).toBe(
      ofProtocol(values, 'b', '/ipfs/id/1.0.0').in + 32,
    )
    expect(host.log.filter((line) => line.includes('more than 1 protocols'))).toHaveLength(1)
  })
})

describe('bytes in total', () => {
  it('are the bytes on the wire', async () => {
    const { a, b, host } = await createPair()
    const received = await countReceived(b, 100)
    const proxy = await createProxy(b)
    const stream = await a.dialProtocol(proxy.address, PROTOCOL)
    const sent = await send(stream, 200, 10_001)
    await until(() => received.bytes === sent, 'all bytes')
    await a.services.ping.ping(b.peerId)
    const values = await readWhenQuiet(host)
    expect(total(values, 'a')).toEqual({ in: proxy.fromNode, out: proxy.toNode })
    expect(total(values, 'b')).toEqual({ in: proxy.toNode, out: proxy.fromNode })
    expect(proxy.toNode).toBeGreaterThan(sent)
  })

  it('are the bytes on the wire when streams are reset half-way', async () => {
    const { a, b, host } = await createPair()
    const received = await countReceived(b)
    const proxy = await createProxy(b)
    for (let i = 0; i < 5; i++) {
      const stream = await a.dialProtocol(proxy.address, PROTOCOL)
      stream.send(new Uint8Array(3_000_000))
      await until(() => received.streams.length === i + 1, 'the stream')
      ;(i % 2 === 0 ? stream : received.streams[i]).abort(new Error('half-way'))
    }
    const values = await readWhenQuiet(host)
    expect(total(values, 'a')).toEqual({ in: proxy.fromNode, out: proxy.toNode })
    expect(total(values, 'b')).toEqual({ in: proxy.toNode, out: proxy.fromNode })
  })

  it('contain what was moved before the host started', async () => {
    const plugin = libp2p()
    const a = await createNode({ metrics: plugin.metrics })
    const b = await createNode()
    const proxy = await createProxy(b)
    await a.dial(proxy.address)
    await a.services.ping.ping(b.peerId)
    await untilSteady(() => proxy.fromNode + proxy.toNode)
    const host = await startTestHost({ a: plugin.observe(a) })
    expect(total(await host.read(), 'a')).toEqual({ in: proxy.fromNode, out: proxy.toNode })
  })

  it('continue after connections have closed', async () => {
    const { a, b, host } = await createPair()
    const proxies = [await createProxy(b), await createProxy(b)]
    for (const proxy of proxies) {
      await a.dial(proxy.address)
      await a.services.ping.ping(b.peerId)
      await untilSteady(() => proxy.fromNode + proxy.toNode)
      await connectionTo(a, b).close()
    }
    const values = await readWhenQuiet(host)
    expect(total(values, 'a').out).toBe(proxies[0].toNode + proxies[1].toNode)
    expect(total(values, 'a').in).toBe(proxies[0].fromNode + proxies[1].fromNode)
  })
})

describe('rates', () => {
  it('are bytes per second between two passes', async () => {
    const { a, b, host } = await createPair()
    const received = await countReceived(b)
    const stream = await openStream(a, b, PROTOCOL)
    stream.send(new Uint8Array(1))
    await until(() => received.bytes === 1, 'the first byte')
    await delay(1_100)
    await host.read()
    const since = performance.now()
    const sent = await send(stream, 100, 10_000)
    await delay(1_200)
    const values = await host.read()
    const seconds = (performance.now() - since) / 1_000
    const rate = values.get(
      `libp2p_bandwidth_protocol_rate_bps{protocol="${PROTOCOL}",direction="outbound",node="a"}`,
    )!
    expect(rate).toBeGreaterThan((sent / seconds) * 0.7)
    expect(rate).toBeLessThan((sent / seconds) * 1.3)
  })
})
