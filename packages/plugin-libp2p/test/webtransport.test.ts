import { tcp } from '@libp2p/tcp'
import { webRTCDirect } from '@libp2p/webrtc'
import { describe, expect, it } from 'vitest'
import { libp2p, type WebtransportSnapshot } from '../src/index.js'
import { CertificateBook, hashesIn } from '../src/webtransport/certificates.js'
import { startHost } from '../../../tools/test/plugin-host.ts'
import { createNode, delay, until, type TestNode } from './support/nodes.js'
import { knockAndWait } from './support/stun.js'

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

function hashes(values: Map<string, number>, state: string): string[] {
  return [...values]
    .map(([key, value]) =>
      value === 1 ? new RegExp(`cert_hash\\{state="${state}",hash="([^"]+)"`).exec(key)?.[1] : undefined,
    )
    .filter((hash) => hash !== undefined)
}

describe('certificates', () => {
  it('rotate: the old hash moves to the history, which is kept as long as told', async () => {
    const plugin = libp2p({ webtransport: { keepHistory: 1 } })
    const node = await createDirectNode(plugin, {
      certificateLifespan: 8_000,
      certificateRenewalThreshold: 5_000,
    })
    const startedAt = Date.now() / 1_000
    const host = await startHost(plugin.observe(node))
    const first = announced(node)
    const before = await host.read()
    expect(hashes(before, 'current')).toEqual([first])
    expect(hashes(before, 'history')).toEqual([])
    const begun = before.get('libp2p_webtransport_last_rotation_timestamp')!
    expect(Math.abs(begun - startedAt)).toBeLessThan(2)
    await until(() => announced(node) !== first, 'a rotation')
    const second = announced(node)
    const after = await host.read()
    expect(hashes(after, 'current')).toEqual([second])
    expect(hashes(after, 'history')).toEqual([first])
    expect(after.get('libp2p_webtransport_last_rotation_timestamp')!).toBeGreaterThan(begun + 1)
    expect(after.get('libp2p_webtransport_rotation_interval_seconds')).toBe(3)
    expect(after.get('libp2p_webtransport_rotation_keep_history')).toBe(1)
    // a second rotation between two passes is seen as well
    await until(() => announced(node) !== second, 'another rotation')
    const last = await host.read()
    expect(hashes(last, 'current')).toEqual([announced(node)])
    expect(hashes(last, 'history')).toEqual([second])
  })

  it('of a transport with its defaults are rotated every thirteen days, and two old hashes are kept', async () => {
    const plugin = libp2p()
    const node = await createDirectNode(plugin)
    const values = await (await startHost(plugin.observe(node))).read()
    expect(values.get('libp2p_webtransport_rotation_interval_seconds')).toBe(13 * 86_400)
    expect(values.get('libp2p_webtransport_rotation_keep_history')).toBe(2)
    expect(values.get('libp2p_webtransport_max_sessions')).toBe(300)
  })

  it('are none where nothing listens, and everything else is there', async () => {
    const plugin = libp2p()
    const values = await (
      await startHost(plugin.observe(await createNode({ metrics: plugin.metrics })))
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
    const host = await startHost({ a: a.observe(server), b: b.observe(client) })
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

  it('are pending while the other side does not go on, with the time that they wait', async () => {
    const plugin = libp2p()
    const server = await createDirectNode(plugin, {}, { connectionManager: { inboundUpgradeTimeout: 4_000 } })
    const host = await startHost(plugin.observe(server))
    const pending = 'libp2p_webtransport_sessions{state="pending"}'
    const waiting = 'libp2p_webtransport_handshake_seconds{state="pending"}'
    knockAndWait(server.getMultiaddrs()[0].toString())
    await until(async () => (await host.value(pending)) === 1, 'a handshake that waits')
    const before = await host.value(waiting)
    await delay(1_000)
    const after = await host.value(waiting)
    expect(after! - before!).toBeGreaterThan(0.8)
    expect(after! - before!).toBeLessThan(2)
    expect(await host.value('libp2p_webtransport_sessions{state="ready"}')).toBe(0)
  })

  it('that a full quota turns away are rejections by session limit', async () => {
    const plugin = libp2p()
    const server = await createDirectNode(plugin, {}, { connectionManager: { maxConnections: 1 } })
    const host = await startHost(plugin.observe(server))
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

describe('a source of one’s own', () => {
  const snapshot: WebtransportSnapshot = {
    currentHashes: ['uA', 'uB'],
    historyHashes: ['uC'],
    sessions: { ready: 5, pending: 2 },
    handshakeSeconds: { ready: 0.25, pending: 1.5 },
    rejections: { missing_datagram: 3 },
    maxSessions: 64,
    rotationIntervalMs: 7_000,
    keepHistory: 4,
    lastRotationMs: 1_700_000_000_000,
  }

  it('tells everything in place of the built-in one', async () => {
    const plugin = libp2p({ webtransport: { source: { read: () => snapshot } } })
    const values = await (
      await startHost(plugin.observe(await createNode({ metrics: plugin.metrics })))
    ).read()
    expect(hashes(values, 'current')).toEqual(['uA', 'uB'])
    expect(hashes(values, 'history')).toEqual(['uC'])
    expect(values.get('libp2p_webtransport_sessions{state="pending"}')).toBe(2)
    expect(values.get('libp2p_webtransport_handshake_seconds{state="ready"}')).toBe(0.25)
    expect(values.get('libp2p_webtransport_rejections_total{reason="missing_datagram"}')).toBe(3)
    expect(values.get('libp2p_webtransport_max_sessions')).toBe(64)
    expect(values.get('libp2p_webtransport_rotation_interval_seconds')).toBe(7)
    expect(values.get('libp2p_webtransport_rotation_keep_history')).toBe(4)
    expect(values.get('libp2p_webtransport_last_rotation_timestamp')).toBe(1_700_000_000)
  })

  it('gives way to what the options say', async () => {
    const plugin = libp2p({
      webtransport: {
        source: { read: () => snapshot },
        maxSessions: 10,
        rotationIntervalMs: 1_000,
        keepHistory: 0,
      },
    })
    const values = await (
      await startHost(plugin.observe(await createNode({ metrics: plugin.metrics })))
    ).read()
    expect(values.get('libp2p_webtransport_max_sessions')).toBe(10)
    expect(values.get('libp2p_webtransport_rotation_interval_seconds')).toBe(1)
    expect(values.get('libp2p_webtransport_rotation_keep_history')).toBe(0)
  })

  it('is started once and stopped with the plugin', async () => {
    const calls: string[] = []
    const source = {
      start: () => void calls.push('start'),
      read: () => snapshot,
      stop: () => void calls.push('stop'),
    }
    const plugin = libp2p({ webtransport: { source } })
    const host = await startHost(plugin.observe(await createNode({ metrics: plugin.metrics })))
    await host.read()
    expect(calls).toEqual(['start'])
    await host.tidegauge.stop()
    expect(calls).toEqual(['start', 'stop'])
  })

  it('that could not start is started again at the next pass', async () => {
    const calls: string[] = []
    const source = {
      start: async () => {
        calls.push('start')
        if (calls.length === 1) throw new Error('not yet')
      },
      read: () => snapshot,
    }
    const plugin = libp2p({ webtransport: { source } })
    const host = await startHost(plugin.observe(await createNode({ metrics: plugin.metrics })))
    const ready = 'libp2p_webtransport_sessions{state="ready"}'
    await until(async () => (await host.value(ready)) === 5, 'another try')
    await host.read()
    expect(calls).toEqual(['start', 'start'])
  })

  it('that fails or hangs leaves everything else as it is', async () => {
    const [failing, hanging] = [
      libp2p({ webtransport: { source: { read: () => Promise.reject(new Error('no answer')) } } }),
      libp2p({ webtransport: { source: { read: () => new Promise<never>(() => {}) } } }),
    ]
    const host = await startHost({
      failing: failing.observe(await createNode({ metrics: failing.metrics })),
      hanging: hanging.observe(await createNode({ metrics: hanging.metrics })),
    })
    const values = await host.read()
    for (const node of ['failing', 'hanging'])
      expect(values.get(`libp2p_resource_connections{direction="inbound",node="${node}"}`)).toBe(0)
    expect(host.log.join()).toContain('no answer')
    expect(host.log.join()).toContain('the WebTransport source does not answer')
  })
})

describe('the certificate book', () => {
  it('finds every hash in an address', () => {
    expect(hashesIn('/ip4/1.2.3.4/udp/1/quic-v1/webtransport/certhash/uA/certhash/uB/p2p/x')).toEqual([
      'uA',
      'uB',
    ])
    expect(hashesIn('/ip4/1.2.3.4/tcp/1')).toEqual([])
  })

  it('takes addresses that are gone for a while for no rotation', () => {
    const book = new CertificateBook(2)
    book.update(['a'], 1)
    book.update([], 2)
    expect([book.current, book.history, book.lastRotationMs]).toEqual([[], [], 1])
    book.update(['a'], 3)
    expect([book.current, book.history, book.lastRotationMs]).toEqual([['a'], [], 1])
  })

  it('keeps the latest hashes, and none that is announced again', () => {
    const book = new CertificateBook(2)
    for (const [i, hash] of ['a', 'b', 'c', 'd'].entries()) book.update([hash], i)
    expect(book.history).toEqual(['c', 'b'])
    book.update(['c'], 9)
    expect([book.current, book.history, book.lastRotationMs]).toEqual([['c'], ['d', 'b'], 9])
  })

  it('does not take the announcing of the next hash beside the current one for its end', () => {
    const book = new CertificateBook(2)
    book.update(['a'], 1)
    book.update(['a', 'b'], 2)
    expect([book.current, book.history, book.lastRotationMs]).toEqual([['a', 'b'], [], 2])
    book.update(['b'], 3)
    expect([book.current, book.history, book.lastRotationMs]).toEqual([['b'], ['a'], 2])
  })
})
