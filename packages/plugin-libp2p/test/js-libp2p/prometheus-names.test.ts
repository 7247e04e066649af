import { startTestHost } from '@tidegauge/testkit'
import { expect, it } from 'vitest'
import { libp2p } from '../../src/index.js'
import { createNode } from '../support/nodes.js'
import { readWhenQuiet } from '../support/values.js'

const OLD = 'libp2p_data_transfer_bytes_total'

it.each([true, false])(
  'exports the names of @libp2p/prometheus-metrics when asked to: %s (issue 10, item 37)',
  async (prometheusMetricsNames) => {
    const plugin = libp2p({ prometheusMetricsNames })
    const node = await createNode({ metrics: plugin.metrics })
    const peer = await createNode()
    const host = await startTestHost(plugin.observe(node))
    await node.dial(peer.getMultiaddrs())
    await node.services.ping.ping(peer.peerId)
    const values = await readWhenQuiet(host)
    const old = [...values.keys()].filter((key) => key.startsWith(OLD) || /protocol_streams_total/.test(key))
    if (!prometheusMetricsNames) return expect(old).toEqual([])
    expect(values.get(`${OLD}{protocol="/ipfs/ping/1.0.0 received"}`)).toBe(32)
    expect(values.get(`${OLD}{protocol="/ipfs/ping/1.0.0 sent"}`)).toBe(32)
    for (const [old, direction] of [
      ['received', 'inbound'],
      ['sent', 'outbound'],
    ])
      expect(values.get(`${OLD}{protocol="global ${old}"}`)).toBe(
        values.get(`libp2p_bandwidth_total_bytes{direction="${direction}"}`),
      )
    expect(host.log).toEqual([])
    expect(host.tidegauge.health().healthy).toBe(true)
  },
)
