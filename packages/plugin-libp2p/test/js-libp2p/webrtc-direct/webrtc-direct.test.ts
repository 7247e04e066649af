import { tcp } from '@libp2p/tcp'
import { webRTCDirect } from '@libp2p/webrtc'
import { describe, expect, it } from 'vitest'
import { libp2p } from '../../../src/index.js'
import { startTestHost, until } from '@tidegauge/testkit'
import { createNode, delay, type TestNode } from '../../support/nodes.js'
import { hashesOf } from '../../support/values.js'
import { startHandshake } from '../../support/stun.js'

type DirectInit = Parameters<typeof webRTCDirect>[0]

function createDirectNode(plugin = libp2p(), init: DirectInit = {}, more: object = {}): Promise<TestNode> {
  return createNode({
    metrics: plugin.metrics,
    addresses: { listen: ['/ip4/127.0.0.1/udp/0/webrtc-direct'] },
    transports: [tcp(), webRTCDirect({ ...init, rtcConfiguration: { iceServers: [] } })],
    ...more,
  })
}

function announced(node: TestNode): string {
  return /\/certhash\/([^/]+)/.exec(String(node.getMultiaddrs()[0]))![1]
}

describe('certificates', () => {
  it('rotate: the old hash moves to the history, which keeps as many as the option says', async () => {
    const plugin = libp2p({ webtransport: { keepHistory: 1 } })
    const node = await createDirectNode(plugin, {
      certificateLifespan: 8_000,
      certificateRenewalThreshold: 5_000,
    })
    const startedAt = Date.now() / 1_000
    const host = await startTestHost(plugin.observe(node))
    const first = announced(node)
    const before = await host.read()
    expect(hashesOf(before, 'current')).toEqual([first])
    expect(hashesOf(before, 'history')).toEqual([])
    const firstRotation = before.get('libp2p_webtransport_last_rotation_timestamp')!
    expect(Math.abs(firstRotation - startedAt)).toBeLessThan(2)
    await until(() => announced(node) !== first, 'a rotation')
    const second = announced(node)
    const after = await host.read()
    expect(hashesOf(after, 'current')).toEqual([second])
    expect(hashesOf(after, 'history')).toEqual([first])
    expect(after.get('libp2p_webtransport_last_rotation_timestamp')!).toBeGreaterThan(firstRotation + 1)
    expect(after.get('libp2p_webtransport_rotation_interval_seconds')).toBe(3)
    expect(after.get('libp2p_webtransport_rotation_keep_history')).toBe(1)
    // a second rotation between two passes is seen as well
    await until(() => announced(node) !== second, 'another rotation')
    const last = await host.read()
    expect(hashesOf(last, 'current')).toEqual([announced(node)])
    expect(hashesOf(last, 'history')).toEqual([second])
  })

  it('rotate every thirteen days by default, and two old hashes are kept', async () => {
    const plugin = libp2p()
    const node = await createDirectNode(plugin)
    const values = await (await startTestHost(plugin.observe(node))).read()
    expect(values.get('libp2p_webtransport_rotation_interval_seconds')).toBe(13 * 86_400)
    expect(values.get('libp2p_webtransport_rotation_keep_history')).toBe(2)
    expect(values.get('libp2p_webtransport_max_sessions')).toBe(300)
  })

  it('are not exported when nothing listens, and everything else is', async () => {
    const plugin = libp2p()
    const values = await (
      await startTestHost(plugin.observe(await createNode({ metrics: plugin.metrics })))
    ).read()
    const mine = [...values].filter(([key]) => key.startsWith('libp2p_webtransport_'))
    expect(Object.fromEntries(mine)).toEqual({
      libp2p_webtransport_max_sessions: 300,
      'libp2p_webtransport_sessions{state="ready"}': 0,
      'libp2p_webtransport_sessions{state="pending"}': 0,
      'libp2p_webtransport_handshake_seconds{state="ready"}': 0,
      'libp2p_webtransport_handshake_seconds{state="pending"}': 0,
      libp2p_webtransport_rotation_interval_seconds: 0,
      libp2p_webtransport_rotation_keep_history: 2,
      'libp2p_webtransport_rejections_total{reason="session_limit"}': 0,
      'libp2p_webtransport_rejections_total{reason="missing_connect_protocol"}': 0,
      'libp2p_webtransport_rejections_total{reason="missing_datagram"}': 0,
      'libp2p_webtransport_rejections_total{reason="missing_session_accept"}': 0,
      'libp2p_webtransport_rejections_total{reason="connect_status_rejected"}': 0,
      'libp2p_webtransport_rejections_total{reason="invalid_request"}': 0,
    })
  })
})

describe('sessions', () => {
  it('are ready with the time of their handshake, on both sides', async () => {
    const [a, b] = [libp2p(), libp2p()]
    const server = await createDirectNode(a)
    const client = await createDirectNode(b)
    const host = await startTestHost({ a: a.observe(server), b: b.observe(client) })
    const since = performance.now()
    await client.dial(server.getMultiaddrs())
    const took = (performance.now() - since) / 1_000
    await until(() => server.getConnections().length === 1, 'the connection')
    const values = await host.read()
    for (const node of ['a', 'b']) {
      expect(values.get(`libp2p_webtransport_sessions{state="ready",node="${node}"}`)).toBe(1)
      expect(values.get(`libp2p_webtransport_sessions{state="pending",node="${node}"}`)).toBe(0)
      const seconds = values.get(`libp2p_webtransport_handshake_seconds{state="ready",node="${node}"}`)!
      expect(seconds).toBeGreaterThan(0)
      expect(seconds).toBeLessThan(took + 0.1)
    }
  })

  it('are pending while the other side does not continue, with the time that they wait', async () => {
    const plugin = libp2p()
    const server = await createDirectNode(plugin, {}, { connectionManager: { inboundUpgradeTimeout: 4_000 } })
    const host = await startTestHost(plugin.observe(server))
    const pending = 'libp2p_webtransport_sessions{state="pending"}'
    const waiting = 'libp2p_webtransport_handshake_seconds{state="pending"}'
    startHandshake(server.getMultiaddrs()[0].toString())
    await until(async () => (await host.value(pending)) === 1, 'a handshake that waits')
    const before = await host.value(waiting)
    await delay(1_000)
    const after = await host.value(waiting)
    expect(after! - before!).toBeGreaterThan(0.8)
    expect(after! - before!).toBeLessThan(2)
    expect(await host.value('libp2p_webtransport_sessions{state="ready"}')).toBe(0)
  })

  it('are rejected by session limit when a quota is full', async () => {
    const plugin = libp2p()
    const server = await createDirectNode(plugin, {}, { connectionManager: { maxConnections: 1 } })
    const host = await startTestHost(plugin.observe(server))
    const [first, second] = [await createDirectNode(), await createDirectNode()]
    await first.dial(server.getMultiaddrs())
    await until(() => server.getConnections().length === 1, 'the first session')
    await second.dial(server.getMultiaddrs(), { signal: AbortSignal.timeout(3_000) }).catch(() => {})
    await until(
      async () => (await host.value('libp2p_webtransport_rejections_total{reason="session_limit"}')) === 1,
      'a rejection',
    )
    expect(await host.value('libp2p_connections_refused_total{reason="connection_limit"}')).toBe(1)
    expect(await host.value('libp2p_webtransport_max_sessions')).toBe(1)
  })
})
