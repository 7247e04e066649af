import { identify } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { webRTCDirect } from '@libp2p/webrtc'
import { yamux } from '@libp2p/yamux'
import { testPlugin } from '@tidegauge/testkit'
import { createLibp2p } from 'libp2p'
import { libp2p } from '../src/index.js'

let nodes: Libp2p[] = []

function create(): Promise<Libp2p> {
  return createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/udp/0/webrtc-direct'] },
    transports: [tcp(), webRTCDirect({ rtcConfiguration: { iceServers: [] } })],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    peerDiscovery: [],
    connectionMonitor: { enabled: false },
    services: { identify: identify(), ping: ping() },
  })
}

testPlugin({
  name: 'libp2p',
  create: () => libp2p().observe(nodes[0]),
  async openSource() {
    nodes = [await create(), await create()]
    await nodes[1].dial(nodes[0].getMultiaddrs())
  },
  async closeSource() {
    await Promise.all(nodes.map((node) => node.stop()))
  },
  nameExceptions: [
    'libp2p_bandwidth_total_bytes',
    'libp2p_bandwidth_protocol_bytes',
    'libp2p_bandwidth_group_bytes',
  ],
  present: [
    'libp2p_resource_connections',
    'libp2p_resource_streams',
    'libp2p_resource_shared_pool_connections',
    'libp2p_resource_shared_pool_streams',
    'libp2p_resource_shared_pool_limit',
    'libp2p_bandwidth_total_bytes',
    'libp2p_bandwidth_rate_bps',
    'libp2p_bandwidth_group_bytes',
    'libp2p_webtransport_cert_hash',
    'libp2p_webtransport_max_sessions',
    'libp2p_webtransport_sessions',
    'libp2p_webtransport_handshake_seconds',
    'libp2p_webtransport_rejections_total',
    'libp2p_webtransport_rotation_interval_seconds',
    'libp2p_webtransport_rotation_keep_history',
    'libp2p_webtransport_last_rotation_timestamp',
    'libp2p_connections_opened_total',
  ],
})
