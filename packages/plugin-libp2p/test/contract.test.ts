import { describe, expect, it } from 'vitest'
import { instruments, libp2p } from '../src/index.js'
import { startTestHost } from '@tidegauge/testkit'
import { createNode } from './support/nodes.js'
import { familiesOf } from './support/values.js'

/** The names that dashboards depend on, with kind and labels. They do not change. */
const contract = {
  libp2p_resource_connections: { kind: 'gauge', labels: ['direction'] },
  libp2p_resource_streams: { kind: 'gauge', labels: ['direction'] },
  libp2p_resource_shared_pool_connections: { kind: 'gauge', labels: ['pool', 'direction'] },
  libp2p_resource_shared_pool_streams: { kind: 'gauge', labels: ['pool', 'direction'] },
  libp2p_bandwidth_total_bytes: { kind: 'counter', labels: ['direction'] },
  libp2p_bandwidth_rate_bps: { kind: 'gauge', labels: ['direction'] },
  libp2p_bandwidth_protocol_bytes: { kind: 'counter', labels: ['protocol', 'direction'] },
  libp2p_bandwidth_protocol_rate_bps: { kind: 'gauge', labels: ['protocol', 'direction'] },
  libp2p_bandwidth_group_bytes: { kind: 'counter', labels: ['group', 'direction'] },
  libp2p_bandwidth_group_rate_bps: { kind: 'gauge', labels: ['group', 'direction'] },
  libp2p_webtransport_cert_hash: { kind: 'gauge', labels: ['state', 'hash'] },
  libp2p_webtransport_max_sessions: { kind: 'gauge', labels: [] },
  libp2p_webtransport_sessions: { kind: 'gauge', labels: ['state'] },
  libp2p_webtransport_handshake_seconds: { kind: 'gauge', labels: ['state'] },
  libp2p_webtransport_rejections_total: { kind: 'counter', labels: ['reason'] },
  libp2p_webtransport_rotation_interval_seconds: { kind: 'gauge', labels: [] },
  libp2p_webtransport_rotation_keep_history: { kind: 'gauge', labels: [] },
  libp2p_webtransport_last_rotation_timestamp: { kind: 'gauge', labels: [] },
}

/** Counters whose names lack `_total`, by contract. */
const withoutTotal = [
  'libp2p_bandwidth_group_bytes',
  'libp2p_bandwidth_protocol_bytes',
  'libp2p_bandwidth_total_bytes',
]

describe('the contract', () => {
  it('is exported with these kinds and labels', async () => {
    const plugin = libp2p()
    const host = await startTestHost(plugin.observe(await createNode({ metrics: plugin.metrics })))
    const families = familiesOf(host)
    const exported = Object.keys(contract).map((name) => {
      const { kind, labels } = families.get(name)!
      return [name, { kind, labels }]
    })
    expect(Object.fromEntries(exported)).toEqual(contract)
  })

  it('has its closed label values', () => {
    expect(instruments.rejections.labels.reason).toEqual([
      'session_limit',
      'missing_connect_protocol',
      'missing_datagram',
      'missing_session_accept',
      'connect_status_rejected',
      'invalid_request',
    ])
    expect(instruments.certHash.labels.state).toEqual(['current', 'history'])
    expect(instruments.sessions.labels.state).toEqual(['ready', 'pending'])
    expect(instruments.totalBytes.labels.direction).toEqual(['inbound', 'outbound'])
  })

  it('contains the only counters whose names break the rules', () => {
    const counters = Object.values(instruments).filter(({ kind }) => kind === 'counter')
    const odd = counters.map(({ name }) => name).filter((name) => !name.endsWith('_total'))
    expect(odd.sort()).toEqual(withoutTotal)
    for (const { name, kind, help } of Object.values(instruments)) {
      expect(name).toMatch(/^libp2p_[a-z_]+$/)
      expect(help).toMatch(/\.$/)
      expect(kind === 'counter' || !name.endsWith('_total')).toBe(true)
    }
  })
})
