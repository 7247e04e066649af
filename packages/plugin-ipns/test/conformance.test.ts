import { ipns as createIpns, type IPNS } from '@helia/ipns'
import { withLibp2pLight } from '@helia/libp2p'
import { identify } from '@libp2p/identify'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { testPlugin } from '@tidegauge/testkit'
import { createHeliaLight } from 'helia'
import { ipns } from '../src/index.js'
import { value } from './support/nodes.js'

let name: IPNS & { start(): void; stop(): void }
let close: () => Promise<unknown>

testPlugin({
  name: 'ipns',
  create: () => ipns({ name }),
  async openSource() {
    const node = await withLibp2pLight(createHeliaLight(), {
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      peerDiscovery: [],
      services: {
        identify: identify(),
        ping: ping(),
        dht: kadDHT({ clientMode: false, peerInfoMapper: passthroughMapper, allowQueryWithZeroPeers: true }),
      },
    }).start()
    close = () => node.stop()
    name = createIpns(node) as typeof name
    await name.publish('long', value)
    name.start()
  },
  async closeSource() {
    name.stop()
    await close()
  },
  nameExceptions: ['libp2p_ipns_records_total'],
  present: [
    'libp2p_ipns_records_total',
    'libp2p_ipns_namespace_records',
    'libp2p_ipns_refresh_total',
    'libp2p_ipns_next_attempt_seconds',
    'libp2p_ipns_publish_total',
    'libp2p_ipns_router_puts_total',
    'libp2p_ipns_republisher_running',
    'libp2p_ipns_republisher_runs_total',
  ],
})
