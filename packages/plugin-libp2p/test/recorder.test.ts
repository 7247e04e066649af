import { startTestHost } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { createLibp2pRecorder, libp2p } from '../src/index.js'

const PROTOCOL = '/test/1'

describe('a recorder', () => {
  it('sets every metric of the plugin to what was recorded', async () => {
    const recorder = createLibp2pRecorder()
    const host = await startTestHost(libp2p({ source: recorder, groups: { mine: ['/test/*'] } }))
    const connection = recorder.openConnection('inbound')
    connection.received(1_000)
    connection.sent(500)
    const stream = connection.openStream(PROTOCOL, 'outbound')
    stream.sent(400)
    stream.received(900)
    for (const short of [connection.openStream(PROTOCOL, 'inbound'), recorder.openConnection('outbound')]) {
      short.close()
      short.close()
    }
    recorder.refused('rate_limit')
    recorder.refused()
    recorder.pools = [{ pool: 'inbound_pending', direction: 'inbound', value: 3 }]
    recorder.limits = [
      { pool: 'connections', direction: 'any', value: 300 },
      { pool: PROTOCOL, direction: 'outbound', value: 64 },
    ]
    recorder.webtransport = {
      currentHashes: ['uA'],
      historyHashes: ['uB'],
      sessions: { ready: 4, pending: 1 },
      handshakeSeconds: { ready: 0.5, pending: 2 },
      rejections: { session_limit: 7 },
      maxSessions: 10,
      rotationIntervalMs: 60_000,
      keepHistory: 2,
      lastRotationMs: 5_000,
    }
    const values = await host.read()
    expect(Object.fromEntries([...values].filter(([key, value]) => value !== 0 && !isRate(key)))).toEqual({
      'libp2p_bandwidth_total_bytes{direction="inbound"}': 1_000,
      'libp2p_bandwidth_total_bytes{direction="outbound"}': 500,
      [`libp2p_bandwidth_protocol_bytes{protocol="${PROTOCOL}",direction="inbound"}`]: 900,
      [`libp2p_bandwidth_protocol_bytes{protocol="${PROTOCOL}",direction="outbound"}`]: 400,
      'libp2p_bandwidth_group_bytes{group="mine",direction="inbound"}': 900,
      'libp2p_bandwidth_group_bytes{group="mine",direction="outbound"}': 400,
      'libp2p_resource_connections{direction="inbound"}': 1,
      'libp2p_resource_streams{direction="outbound"}': 1,
      'libp2p_connections_opened_total{direction="inbound"}': 1,
      'libp2p_connections_opened_total{direction="outbound"}': 1,
      'libp2p_connections_closed_total{direction="outbound"}': 1,
      [`libp2p_streams_opened_total{protocol="${PROTOCOL}",direction="inbound"}`]: 1,
      [`libp2p_streams_opened_total{protocol="${PROTOCOL}",direction="outbound"}`]: 1,
      [`libp2p_streams_closed_total{protocol="${PROTOCOL}",direction="inbound"}`]: 1,
      'libp2p_connections_refused_total{reason="rate_limit"}': 1,
      'libp2p_connections_refused_total{reason="unknown"}': 1,
      'libp2p_resource_shared_pool_connections{pool="connections",direction="inbound"}': 1,
      'libp2p_resource_shared_pool_connections{pool="inbound_pending",direction="inbound"}': 3,
      [`libp2p_resource_shared_pool_streams{pool="${PROTOCOL}",direction="outbound"}`]: 1,
      'libp2p_resource_shared_pool_limit{pool="connections",direction="any"}': 300,
      [`libp2p_resource_shared_pool_limit{pool="${PROTOCOL}",direction="outbound"}`]: 64,
      'libp2p_webtransport_cert_hash{state="current",hash="uA"}': 1,
      'libp2p_webtransport_cert_hash{state="history",hash="uB"}': 1,
      'libp2p_webtransport_sessions{state="ready"}': 4,
      'libp2p_webtransport_sessions{state="pending"}': 1,
      'libp2p_webtransport_handshake_seconds{state="ready"}': 0.5,
      'libp2p_webtransport_handshake_seconds{state="pending"}': 2,
      'libp2p_webtransport_rejections_total{reason="session_limit"}': 7,
      libp2p_webtransport_max_sessions: 10,
      libp2p_webtransport_rotation_interval_seconds: 60,
      libp2p_webtransport_rotation_keep_history: 2,
      libp2p_webtransport_last_rotation_timestamp: 5,
    })
    expect(host.log).toEqual([])
  })

  it('closes the streams of a connection with it', async () => {
    const recorder = createLibp2pRecorder()
    const host = await startTestHost(libp2p({ source: recorder }))
    const connection = recorder.openConnection('outbound')
    for (let i = 0; i < 3; i++) connection.openStream(PROTOCOL, 'inbound')
    expect(await host.value('libp2p_resource_streams{direction="inbound"}')).toBe(3)
    connection.close()
    const values = await host.read()
    expect(values.get('libp2p_resource_streams{direction="inbound"}')).toBe(0)
    expect(values.get('libp2p_resource_connections{direction="outbound"}')).toBe(0)
    expect(values.get(`libp2p_streams_closed_total{protocol="${PROTOCOL}",direction="inbound"}`)).toBe(3)
    expect([...values.keys()].filter((key) => key.includes('pool_streams'))).toEqual([])
  })

  it('exports no sessions that it was not given, and starts every total at zero', async () => {
    const host = await startTestHost(libp2p({ source: createLibp2pRecorder() }))
    const values = await host.read()
    expect([...values.values()].every((value) => value === 0)).toBe(true)
    expect(values.get('libp2p_bandwidth_total_bytes{direction="inbound"}')).toBe(0)
    expect([...values.keys()].filter((key) => /sessions|hash|rotation/.test(key))).toEqual([])
  })

  it('counts protocols beyond its maximum as other, and that is logged once', async () => {
    const recorder = createLibp2pRecorder({ maxProtocols: 2 })
    const connection = recorder.openConnection('inbound')
    for (let i = 0; i < 10; i++) connection.openStream(`/test/${i}`, 'inbound').received(1)
    const host = await startTestHost(libp2p({ source: recorder }))
    const values = await host.read()
    expect(values.get('libp2p_bandwidth_protocol_bytes{protocol="other",direction="inbound"}')).toBe(8)
    expect(values.get('libp2p_bandwidth_protocol_bytes{protocol="/test/1",direction="inbound"}')).toBe(1)
    expect(host.log).toEqual([expect.stringContaining('more than 2 protocols')])
  })
})

function isRate(key: string): boolean {
  return key.includes('rate_bps')
}
