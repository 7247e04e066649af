import { describe, expect, it } from 'vitest'
import { libp2p } from '../../src/index.js'
import { readWhenQuiet } from '../support/values.js'
import { startTestHost, until } from '@tidegauge/testkit'
import { silentConnection, silentServer } from '../support/silence.js'
import { connectionTo, createNode, delay, openStream } from '../support/nodes.js'

const HELD = '/test/held/1'

describe('connections and streams', () => {
  it('are counted when they open and close between two passes', async () => {
    const plugin = libp2p()
    const a = await createNode({ metrics: plugin.metrics })
    const b = await createNode()
    await b.handle(HELD, () => {})
    const host = await startTestHost(plugin.observe(a))
    for (let i = 0; i < 3; i++) {
      const stream = await openStream(a, b, HELD)
      stream.abort(new Error('short'))
    }
    await connectionTo(a, b).close()
    await until(() => a.getConnections().length === 0, 'no connection')
    const values = await readWhenQuiet(host)
    expect(values.get(`libp2p_streams_opened_total{protocol="${HELD}",direction="outbound"}`)).toBe(3)
    expect(values.get(`libp2p_streams_closed_total{protocol="${HELD}",direction="outbound"}`)).toBe(3)
    expect(values.get(`libp2p_streams_opened_total{protocol="${HELD}",direction="inbound"}`)).toBe(0)
    expect(values.get('libp2p_connections_opened_total{direction="outbound"}')).toBe(1)
    expect(values.get('libp2p_connections_closed_total{direction="outbound"}')).toBe(1)
    expect(values.get('libp2p_resource_connections{direction="outbound"}')).toBe(0)
    expect(values.get('libp2p_resource_streams{direction="outbound"}')).toBe(0)
  })

  it('are exported while they are open', async () => {
    const plugin = libp2p()
    const a = await createNode({ metrics: plugin.metrics })
    const b = await createNode()
    await b.handle(HELD, () => {})
    const host = await startTestHost(plugin.observe(a))
    const streams = [await openStream(a, b, HELD), await openStream(a, b, HELD)]
    await until(() => connectionTo(a, b).streams.length === 2, 'identify to end')
    const open = await host.read()
    expect(open.get('libp2p_resource_connections{direction="outbound"}')).toBe(1)
    expect(open.get('libp2p_resource_connections{direction="inbound"}')).toBe(0)
    expect(open.get('libp2p_resource_streams{direction="outbound"}')).toBe(2)
    expect(open.get(`libp2p_resource_shared_pool_streams{pool="${HELD}",direction="outbound"}`)).toBe(2)
    for (const stream of streams) stream.abort(new Error('done'))
    await until(() => connectionTo(a, b).streams.length === 0, 'no stream')
    const closed = await host.read()
    expect(closed.has(`libp2p_resource_shared_pool_streams{pool="${HELD}",direction="outbound"}`)).toBe(false)
    expect(closed.get('libp2p_resource_streams{direction="outbound"}')).toBe(0)
  })
})

describe('shared pools', () => {
  it('have the limits of the node', async () => {
    const plugin = libp2p()
    const a = await createNode({
      metrics: plugin.metrics,
      connectionManager: { maxConnections: 7, maxIncomingPendingConnections: 3, maxDialQueueLength: 9 },
    })
    await a.handle(HELD, () => {}, { maxInboundStreams: 2, maxOutboundStreams: 5 })
    const values = await (await startTestHost(plugin.observe(a))).read()
    const limit = (pool: string, direction: string) =>
      values.get(`libp2p_resource_shared_pool_limit{pool="${pool}",direction="${direction}"}`)
    expect(limit('connections', 'any')).toBe(7)
    expect(limit('inbound_pending', 'inbound')).toBe(3)
    expect(limit('dial_queue', 'outbound')).toBe(9)
    expect([limit(HELD, 'inbound'), limit(HELD, 'outbound')]).toEqual([2, 5])
    expect([limit('/ipfs/id/1.0.0', 'inbound'), limit('/ipfs/id/1.0.0', 'outbound')]).toEqual([1, 1])
    for (const pool of ['connections', 'inbound_pending', 'outbound_pending', 'dial_queue'])
      expect(
        [...values.keys()].filter((key) =>
          key.startsWith(`libp2p_resource_shared_pool_connections{pool="${pool}"`),
        ),
      ).not.toEqual([])
  })

  it('count streams against the limit of their protocol, on the connection that has most of them', async () => {
    const plugin = libp2p()
    const hub = await createNode({ metrics: plugin.metrics })
    await hub.handle(HELD, () => {}, { maxInboundStreams: 3 })
    const host = await startTestHost(plugin.observe(hub))
    const [a, b] = [await createNode(), await createNode()]
    await openStream(a, hub, HELD)
    for (let i = 0; i < 3; i++) await openStream(b, hub, HELD)
    const used = `libp2p_resource_shared_pool_streams{pool="${HELD}",direction="inbound"}`
    await until(async () => (await host.value(used)) === 3, 'three streams')
    const over = await openStream(b, hub, HELD)
    await until(() => over.status === 'reset', 'the refusal')
    const values = await host.read()
    expect(values.get(used)).toBe(3)
    expect(values.get(`libp2p_streams_opened_total{protocol="${HELD}",direction="inbound"}`)).toBe(4)
  })

  it('contain dials that wait', async () => {
    const plugin = libp2p()
    const a = await createNode({ metrics: plugin.metrics })
    const host = await startTestHost(plugin.observe(a))
    const silent = [await silentServer(), await silentServer()]
    const dials = [0, 1].map((i) => a.dial(silent[i], { signal: AbortSignal.timeout(1_500) }).catch(() => {}))
    const pending = 'libp2p_resource_shared_pool_connections{pool="outbound_pending",direction="outbound"}'
    const queued = 'libp2p_resource_shared_pool_connections{pool="dial_queue",direction="outbound"}'
    await until(async () => (await host.value(pending)) === 2, 'two dials')
    expect(await host.value(queued)).toBe(2)
    await Promise.all(dials)
    expect(await host.value(pending)).toBe(0)
  })
})

describe('refused connections', () => {
  it('are counted by the quota that was full', async () => {
    const plugin = libp2p()
    const hub = await createNode({
      metrics: plugin.metrics,
      connectionManager: { maxConnections: 1, inboundConnectionThreshold: 4 },
    })
    const host = await startTestHost(plugin.observe(hub))
    const dial = async (): Promise<boolean> => {
      const node = await createNode({ addresses: { listen: [] } })
      return node.dial(hub.getMultiaddrs(), { signal: AbortSignal.timeout(3_000) }).then(
        () => true,
        () => false,
      )
    }
    expect(await dial()).toBe(true)
    expect(await dial()).toBe(false)
    const refused = (reason: string) => `libp2p_connections_refused_total{reason="${reason}"}`
    expect(await host.value(refused('connection_limit'))).toBe(1)
    await Promise.all([dial(), dial(), dial(), dial()])
    const values = await host.read()
    expect(values.get(refused('rate_limit'))).toBeGreaterThan(0)
    expect(values.get(refused('rate_limit'))! + values.get(refused('connection_limit'))!).toBe(5)
    expect(values.get(refused('unknown'))).toBe(0)
    expect(values.get('libp2p_webtransport_rejections_total{reason="session_limit"}')).toBe(0)
  })

  it('have another reason when the host is on the deny list', async () => {
    const plugin = libp2p()
    const hub = await createNode({
      metrics: plugin.metrics,
      connectionManager: { deny: ['/ip4/127.0.0.1/ipcidr/32'] },
    })
    const host = await startTestHost(plugin.observe(hub))
    const node = await createNode()
    await expect(node.dial(hub.getMultiaddrs(), { signal: AbortSignal.timeout(3_000) })).rejects.toThrow(/./)
    expect(await host.value('libp2p_connections_refused_total{reason="deny_list"}')).toBe(1)
  })

  it('have another reason when too many connections are pending', async () => {
    const plugin = libp2p()
    const hub = await createNode({
      metrics: plugin.metrics,
      connectionManager: { maxIncomingPendingConnections: 1, inboundConnectionThreshold: 100 },
    })
    const host = await startTestHost(plugin.observe(hub))
    await silentConnection(hub.getMultiaddrs()[0].toString())
    await until(
      async () =>
        (await host.value(
          'libp2p_resource_shared_pool_connections{pool="inbound_pending",direction="inbound"}',
        )) === 1,
      'a pending connection',
    )
    await silentConnection(hub.getMultiaddrs()[0].toString())
    await delay(100)
    expect(await host.value('libp2p_connections_refused_total{reason="pending_limit"}')).toBe(1)
  })
})
