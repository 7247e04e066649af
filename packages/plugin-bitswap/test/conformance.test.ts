import { testPlugin } from '@tidegauge/testkit'
import { bitswap } from '../src/index.js'
import { connect, createBareNode, fetchBlocks, putBlocks, type TestNode } from './support/nodes.js'

let nodes: TestNode[] = []

testPlugin({
  name: 'bitswap',
  create: () => bitswap({ helia: nodes[0] }),
  async openSource() {
    nodes = [createBareNode(), createBareNode()]
    for (const node of nodes) await node.start()
    await connect(nodes[1], nodes[0])
    await fetchBlocks(nodes[1], await putBlocks(nodes[0], 1, 1_000))
  },
  async closeSource() {
    for (const node of nodes) await node.stop()
  },
  nameExceptions: [
    'libp2p_bitswap_max_debt_ratio',
    'libp2p_bitswap_advertisement_last_success_timestamp',
    'libp2p_bitswap_advertisement_last_attempt_timestamp',
  ],
  present: [
    'libp2p_bitswap_bytes_total',
    'libp2p_bitswap_blocks_total',
    'libp2p_bitswap_have_total',
    'libp2p_bitswap_dont_have_total',
    'libp2p_bitswap_wants_total',
    'libp2p_bitswap_exchanges_total',
    'libp2p_bitswap_peers',
    'libp2p_bitswap_max_debt_ratio',
    'libp2p_bitswap_top_debtor_ratio',
    'libp2p_bitswap_top_debtor_bytes',
    'libp2p_bitswap_advertisements_total',
    'libp2p_bitswap_messages_total',
    'libp2p_bitswap_cancels_total',
    'libp2p_bitswap_send_failures_total',
    'libp2p_bitswap_wantlist_size',
    'libp2p_bitswap_oldest_want_age_seconds',
    'libp2p_bitswap_send_queue_size',
  ],
})
