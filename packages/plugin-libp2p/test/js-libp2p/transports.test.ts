import { circuitRelayServer, circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import type { Libp2p } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { webRTCDirect } from '@libp2p/webrtc'
import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { libp2p } from '../../src/index.js'
import { ofProtocol, protocolsOf, readWhenQuiet, total } from '../support/values.js'
import { startTestHost, until } from '@tidegauge/testkit'
import { createNode, type TestNode } from '../support/nodes.js'
import { createProxy } from '../support/proxy.js'

const PROTOCOL = '/test/bytes/1'

/** Sends `size` bytes to a node and gets 10 back. */
async function exchange(
  from: Libp2p,
  to: Libp2p,
  address: Parameters<Libp2p['dial']>[0],
  size: number,
): Promise<void> {
  let got = 0
  let back = 0
  await to.handle(
    PROTOCOL,
    (stream) => {
      stream.addEventListener('message', ({ data }) => {
        got += data.byteLength
        if (got === size) stream.send(new Uint8Array(10))
      })
    },
    { runOnLimitedConnection: true, force: true },
  )
  const stream = await from.dialProtocol(address, PROTOCOL, { runOnLimitedConnection: true })
  stream.addEventListener('message', ({ data }) => (back += data.byteLength))
  for (let left = size; left > 0; left -= 5_000)
    if (!stream.send(new Uint8Array(Math.min(left, 5_000)))) await stream.onDrain()
  await until(() => got === size && back === 10, 'the exchange')
}

function createDirectNode(
  plugin = libp2p(),
  listen = ['/ip4/127.0.0.1/udp/0/webrtc-direct'],
): Promise<TestNode> {
  return createNode({
    metrics: plugin.metrics,
    addresses: { listen },
    transports: [tcp(), webRTCDirect({ rtcConfiguration: { iceServers: [] } })],
  })
}

describe('WebRTC-direct', () => {
  it('has no bytes below its streams: the total is the sum of theirs', async () => {
    const [a, b] = [libp2p(), libp2p()]
    const nodeA = await createDirectNode(a, [])
    const nodeB = await createDirectNode(b)
    const host = await startTestHost({ a: a.observe(nodeA), b: b.observe(nodeB) })
    await exchange(nodeA, nodeB, nodeB.getMultiaddrs(), 100_003)
    const values = await readWhenQuiet(host)
    expect(ofProtocol(values, 'a', PROTOCOL)).toEqual({ in: 10, out: 100_003 })
    expect(ofProtocol(values, 'b', PROTOCOL)).toEqual({ in: 100_003, out: 10 })
    for (const node of ['a', 'b']) {
      const sum = protocolsOf(values)
        .map((protocol) => ofProtocol(values, node, protocol))
        .reduce((all, one) => ({ in: all.in + one.in, out: all.out + one.out }))
      expect({ node, ...total(values, node) }).toEqual({ node, ...sum })
    }
    expect(total(values, 'a').out).toBe(total(values, 'b').in)
  })

  it('is added to the bytes of the node’s other transports', async () => {
    const a = libp2p()
    const nodeA = await createDirectNode(a, [])
    const direct = await createDirectNode()
    const nodeC = await createNode()
    const proxy = await createProxy(nodeC)
    const host = await startTestHost({ a: a.observe(nodeA) })
    await exchange(nodeA, direct, direct.getMultiaddrs(), 50_000)
    const before = total(await readWhenQuiet(host), 'a')
    await exchange(nodeA, nodeC, proxy.address, 20_000)
    const after = total(await readWhenQuiet(host), 'a')
    expect(after.out - before.out).toBe(proxy.toNode)
    expect(after.in - before.in).toBe(proxy.fromNode)
    expect(before.out).toBeGreaterThanOrEqual(50_000)
  })
})

describe('circuit relay', () => {
  it('is counted once in total, as the bytes on the wire to the relay', async () => {
    const [a, b, r] = [libp2p(), libp2p(), libp2p()]
    const relay = await createNode({ metrics: r.metrics, services: { relay: circuitRelayServer() } })
    const [wireA, wireB] = [await createProxy(relay), await createProxy(relay)]
    const transports = [tcp(), circuitRelayTransport()]
    const nodeB = await createNode({
      metrics: b.metrics,
      transports,
      addresses: { listen: [`${wireB.address.toString()}/p2p-circuit`] },
    })
    const nodeA = await createNode({ metrics: a.metrics, transports, addresses: { listen: [] } })
    const host = await startTestHost({ a: a.observe(nodeA), b: b.observe(nodeB), r: r.observe(relay) })
    await until(() => nodeB.getMultiaddrs().length > 0, 'the reservation')
    await exchange(
      nodeA,
      nodeB,
      multiaddr(`${wireA.address.toString()}/p2p-circuit/p2p/${nodeB.peerId.toString()}`),
      40_000,
    )
    const values = await readWhenQuiet(host)
    expect(ofProtocol(values, 'a', PROTOCOL)).toEqual({ in: 10, out: 40_000 })
    expect(ofProtocol(values, 'b', PROTOCOL)).toEqual({ in: 40_000, out: 10 })
    expect(total(values, 'a')).toEqual({ in: wireA.fromNode, out: wireA.toNode })
    expect(total(values, 'b')).toEqual({ in: wireB.fromNode, out: wireB.toNode })
    expect(total(values, 'r')).toEqual({
      in: wireA.toNode + wireB.toNode,
      out: wireA.fromNode + wireB.fromNode,
    })
    const hop = ofProtocol(values, 'a', '/libp2p/circuit/relay/0.2.0/hop')
    expect(hop.out).toBeGreaterThan(40_000)
    expect(
      values.get(
        'libp2p_resource_shared_pool_connections{pool="relay_reservations",direction="inbound",node="r"}',
      ),
    ).toBe(1)
  })
})
