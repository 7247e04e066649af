import type { Metrics } from '@libp2p/interface'
import { describe, expect, it } from 'vitest'
import { libp2p } from '../../src/index.js'
import { ofProtocol, readWhenQuiet, total } from '../support/values.js'
import { startTestHost, until } from '@tidegauge/testkit'
import { connectionTo, createNode, openStream, untilSteady, type TestNode } from '../support/nodes.js'
import { createProxy } from '../support/proxy.js'

const PROTOCOL = '/test/late/1'

/** The node's components, which its interface does not show. */
function componentsOf(node: TestNode): { metrics?: Metrics } {
  return (node as unknown as { components: { metrics?: Metrics } }).components
}

async function countReceived(node: TestNode): Promise<{ bytes: number }> {
  const received = { bytes: 0 }
  await node.handle(PROTOCOL, (stream) => {
    stream.addEventListener('message', ({ data }) => (received.bytes += data.byteLength))
  })
  return received
}

describe('a node that was created without the plugin', () => {
  it('is counted from then on, also on connections and streams that were open', async () => {
    const plugin = libp2p()
    const a = await createNode()
    const b = await createNode()
    const received = await countReceived(b)
    const proxy = await createProxy(b)
    const open = await a.dialProtocol(proxy.address, PROTOCOL)
    open.send(new Uint8Array(1_000))
    await until(() => received.bytes === 1_000, 'the first bytes')
    await untilSteady(() => proxy.fromNode + proxy.toNode)
    const before = { in: proxy.fromNode, out: proxy.toNode }
    const host = await startTestHost({ a: plugin.observe(a) })
    open.send(new Uint8Array(2_000))
    const fresh = await a.getConnections()[0].newStream(PROTOCOL)
    fresh.send(new Uint8Array(500))
    await until(() => received.bytes === 3_500, 'all bytes')
    const values = await readWhenQuiet(host)
    expect(ofProtocol(values, 'a', PROTOCOL)).toEqual({ in: 0, out: 2_500 })
    expect(total(values, 'a')).toEqual({ in: proxy.fromNode - before.in, out: proxy.toNode - before.out })
    expect(
      host.log.filter((line) => line.includes('created without the metrics of this plugin')),
    ).toHaveLength(1)
    expect(values.get('libp2p_connections_opened_total{direction="outbound",node="a"}')).toBe(1)
  })

  it('is counted in full on new connections', async () => {
    const plugin = libp2p()
    const a = await createNode()
    const b = await createNode()
    const proxy = await createProxy(b)
    const host = await startTestHost({ a: plugin.observe(a) })
    await a.dial(proxy.address)
    await a.services.ping.ping(b.peerId)
    expect(total(await readWhenQuiet(host), 'a')).toEqual({ in: proxy.fromNode, out: proxy.toNode })
  })

  it('is restored when the plugin stops', async () => {
    const plugin = libp2p()
    const a = await createNode()
    const b = await createNode()
    const received = await countReceived(b)
    const stream = await openStream(a, b, PROTOCOL)
    const { maConn } = connectionTo(a, b) as unknown as { maConn: object }
    const accept = Reflect.get(
      Reflect.get(componentsOf(a), 'connectionManager') as object,
      'acceptIncomingConnection',
    )
    const ownKeys = (): unknown[] =>
      [stream, maConn].map((part) => ['onData', 'sendData', 'send'].map((m) => Object.hasOwn(part, m)))
    const before = ownKeys()
    const host = await startTestHost({ a: plugin.observe(a) })
    expect(componentsOf(a).metrics).toBeDefined()
    expect(ownKeys()).not.toEqual(before)
    await host.tidegauge.stop()
    expect(componentsOf(a).metrics).toBeUndefined()
    expect(ownKeys()).toEqual(before)
    expect(
      Reflect.get(Reflect.get(componentsOf(a), 'connectionManager') as object, 'acceptIncomingConnection'),
    ).toBe(accept)
    stream.send(new Uint8Array(10))
    await until(() => received.bytes === 10, 'a stream that still works')
  })

  it('continues its counts when the host starts again', async () => {
    const plugin = libp2p()
    const a = await createNode()
    const b = await createNode()
    const received = await countReceived(b)
    const host = await startTestHost({ a: plugin.observe(a) })
    const stream = await openStream(a, b, PROTOCOL)
    stream.send(new Uint8Array(100))
    await until(() => received.bytes === 100, 'the first bytes')
    await host.tidegauge.stop()
    stream.send(new Uint8Array(1_000))
    await until(() => received.bytes === 1_100, 'bytes that are not counted')
    await host.tidegauge.start()
    stream.send(new Uint8Array(10))
    await until(() => received.bytes === 1_110, 'the last bytes')
    expect(ofProtocol(await readWhenQuiet(host), 'a', PROTOCOL).out).toBe(110)
  })

  it('keeps the metrics that it had: they get every call', async () => {
    const other = libp2p()
    const plugin = libp2p()
    const a = await createNode({ metrics: other.metrics })
    const b = await createNode()
    const host = await startTestHost({ late: plugin.observe(a), first: other.observe(a) })
    await a.dial(b.getMultiaddrs())
    await a.services.ping.ping(b.peerId)
    const values = await readWhenQuiet(host)
    expect(total(values, 'late')).toEqual(total(values, 'first'))
    expect(ofProtocol(values, 'first', '/ipfs/ping/1.0.0')).toEqual({ in: 32, out: 32 })
    expect(ofProtocol(values, 'late', '/ipfs/ping/1.0.0')).toEqual({ in: 32, out: 32 })
  })

  it('is no longer counted by a plugin that has stopped, while another one continues', async () => {
    const [first, second] = [libp2p(), libp2p()]
    const a = await createNode()
    const b = await createNode()
    const hostA = await startTestHost({ a: first.observe(a) })
    const hostB = await startTestHost({ b: second.observe(a) })
    await hostA.tidegauge.stop()
    await a.dial(b.getMultiaddrs())
    await a.services.ping.ping(b.peerId)
    expect(ofProtocol(await readWhenQuiet(hostB), 'b', '/ipfs/ping/1.0.0')).toEqual({ in: 32, out: 32 })
    await hostB.tidegauge.stop()
    await hostA.tidegauge.start()
    expect(ofProtocol(await readWhenQuiet(hostA), 'a', '/ipfs/ping/1.0.0')).toEqual({ in: 0, out: 0 })
    await a.services.ping.ping(b.peerId)
    expect(ofProtocol(await readWhenQuiet(hostA), 'a', '/ipfs/ping/1.0.0')).toEqual({ in: 32, out: 32 })
  })

  it('may have the plugin’s metrics inside of its own: nothing is counted twice', async () => {
    const plugin = libp2p()
    const own = { ...plugin.metrics({ logger: {} }), createTrace: () => ({ host: 'own' }) }
    const a = await createNode({ metrics: () => own })
    const b = await createNode()
    const proxy = await createProxy(b)
    const host = await startTestHost({ a: plugin.observe(a) })
    expect(componentsOf(a).metrics).toBe(own)
    a.metrics!.registerCounter('module_total').increment(3)
    await a.dial(proxy.address)
    await a.services.ping.ping(b.peerId)
    const values = await readWhenQuiet(host)
    expect(total(values, 'a')).toEqual({ in: proxy.fromNode, out: proxy.toNode })
    expect(values.get('module_total{node="a"}')).toBe(3)
    expect(values.get('libp2p_connections_opened_total{direction="outbound",node="a"}')).toBe(1)
    expect(host.log).toEqual([])
  })

  it('may be passed before it has started', async () => {
    const plugin = libp2p()
    const a = await createNode({ start: false })
    plugin.observe(a)
    await a.start()
    const b = await createNode()
    const proxy = await createProxy(b)
    await a.dial(proxy.address)
    await a.services.ping.ping(b.peerId)
    await untilSteady(() => proxy.fromNode + proxy.toNode)
    const host = await startTestHost({ a: plugin })
    expect(total(await host.read(), 'a')).toEqual({ in: proxy.fromNode, out: proxy.toNode })
  })

  it('may hide its components: it is measured without bytes, which is logged', async () => {
    const a = await createNode()
    const b = await createNode()
    await a.dial(b.getMultiaddrs())
    const closed = {
      getConnections: () => a.getConnections(),
      getProtocols: () => a.getProtocols(),
      getMultiaddrs: () => a.getMultiaddrs(),
      addEventListener: (...args: Parameters<TestNode['addEventListener']>) => a.addEventListener(...args),
      removeEventListener: (...args: Parameters<TestNode['removeEventListener']>) =>
        a.removeEventListener(...args),
    }
    const host = await startTestHost(libp2p().observe(closed))
    expect(await host.value('libp2p_resource_connections{direction="outbound"}')).toBe(1)
    expect(
      await host.value('libp2p_resource_shared_pool_connections{pool="connections",direction="outbound"}'),
    ).toBe(1)
    expect(
      host.log.filter(
        (line) =>
          line.startsWith('warn') &&
          line.includes('node.components (bytes, streams, quotas and refused connections)'),
      ),
    ).toHaveLength(1)
    expect(host.log.filter((line) => line.startsWith('error'))).toEqual([
      expect.stringContaining('hides its components'),
    ])
  })
})

describe('one instance', () => {
  it('measures one node: a second one that runs is refused', async () => {
    const plugin = libp2p()
    const a = await createNode({ metrics: plugin.metrics })
    const b = await createNode()
    expect(() => plugin.observe(b)).toThrow(expect.objectContaining({ code: 'LIFECYCLE_WRONG_STATE' }))
    await expect(createNode({ metrics: plugin.metrics })).rejects.toThrow(/measures another node already/)
    expect(plugin.observe(a)).toBe(plugin)
  })

  it('measures the node that replaces another', async () => {
    const plugin = libp2p()
    const first = await createNode({ metrics: plugin.metrics })
    const peer = await createNode()
    const host = await startTestHost({ a: plugin.observe(first) })
    await first.dial(peer.getMultiaddrs())
    await first.services.ping.ping(peer.peerId)
    await first.stop()
    const second = await createNode({ metrics: plugin.metrics })
    plugin.observe(second)
    await second.dial(peer.getMultiaddrs())
    await second.services.ping.ping(peer.peerId)
    const values = await readWhenQuiet(host)
    expect(ofProtocol(values, 'a', '/ipfs/ping/1.0.0')).toEqual({ in: 64, out: 64 })
    expect(values.get('libp2p_resource_connections{direction="outbound",node="a"}')).toBe(1)
    expect(values.get('libp2p_connections_opened_total{direction="outbound",node="a"}')).toBe(2)
    expect(values.get('libp2p_connections_closed_total{direction="outbound",node="a"}')).toBe(1)
  })

  it('refuses what is not a node', () => {
    expect(() => libp2p().observe({} as never)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }))
    expect(() => libp2p().observe(undefined as never)).toThrow(/observe\(node\) was/)
  })

  it('fails to start without a node, and starts when there is one', async () => {
    const plugin = libp2p()
    const host = await startTestHost({ a: plugin })
    expect(host.log.join()).toContain('there is no node to measure')
    plugin.observe(await createNode())
    const series = 'libp2p_resource_connections{direction="inbound",node="a"}'
    await until(async () => (await host.value(series)) === 0, 'another try')
  })
})

describe('two nodes in one process', () => {
  it('are independent, with the label that the host gives', async () => {
    const [a, b] = [libp2p(), libp2p()]
    const nodeA = await createNode({ metrics: a.metrics })
    const nodeB = await createNode({ metrics: b.metrics })
    const peer = await createNode()
    const host = await startTestHost({ a: a.observe(nodeA), b: b.observe(nodeB) })
    await nodeA.dial(peer.getMultiaddrs())
    const values = await readWhenQuiet(host)
    expect(values.get('libp2p_resource_connections{direction="outbound",node="a"}')).toBe(1)
    expect(values.get('libp2p_resource_connections{direction="outbound",node="b"}')).toBe(0)
    expect(total(values, 'a').out).toBeGreaterThan(0)
    expect(total(values, 'b')).toEqual({ in: 0, out: 0 })
    expect(values.get('libp2p_connection_manager_connections{state="outbound",node="a"}')).toBe(1)
    expect(values.get('libp2p_connection_manager_connections{state="outbound",node="b"}')).toBe(0)
    expect(host.log).toEqual([])
  })
})
