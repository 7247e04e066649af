import { defineInstruments } from '@tidegauge/core'
import { sendFailureReasons } from './traffic/counts.js'

// Table of constants. The names of the first thirteen are a contract that dashboards rely on.

const direction = ['sent', 'received'] as const
const rank = ['1', '2', '3', '4', '5'] as const
const peer = { privacy: 'peer_id' } as const

/** The instruments of the plugin, as data. */
export const instruments = defineInstruments({
  bytes: {
    kind: 'counter',
    name: 'libp2p_bitswap_bytes_total',
    help: 'Bytes of exchanged blocks, without protocol overhead.',
    unit: 'bytes',
    labels: { direction },
  },
  blocks: {
    kind: 'counter',
    name: 'libp2p_bitswap_blocks_total',
    help: 'Exchanged blocks.',
    unit: 'blocks',
    labels: { direction },
  },
  have: {
    kind: 'counter',
    name: 'libp2p_bitswap_have_total',
    help: 'Answers that a block is there (HAVE).',
    unit: 'messages',
    labels: { direction },
  },
  dontHave: {
    kind: 'counter',
    name: 'libp2p_bitswap_dont_have_total',
    help: 'Answers that a block is not there (DONT_HAVE).',
    unit: 'messages',
    labels: { direction },
  },
  wants: {
    kind: 'counter',
    name: 'libp2p_bitswap_wants_total',
    help: 'Wantlist entries that ask for a block or for its presence.',
    unit: 'entries',
    labels: { direction },
  },
  exchanges: {
    kind: 'counter',
    name: 'libp2p_bitswap_exchanges_total',
    help: 'Exchanges that the ledgers counted: messages received and answers given.',
  },
  peers: {
    kind: 'gauge',
    name: 'libp2p_bitswap_peers',
    help: 'Connected peers that speak bitswap.',
    unit: 'peers',
  },
  maxDebtRatio: {
    kind: 'gauge',
    name: 'libp2p_bitswap_max_debt_ratio',
    help: 'Largest debt ratio of the ledgers: bytes sent, divided by bytes received plus one.',
    unit: 'ratio',
  },
  topDebtorRatio: {
    kind: 'gauge',
    name: 'libp2p_bitswap_top_debtor_ratio',
    help: 'Debt ratio of the five peers with the largest ratios.',
    unit: 'ratio',
    labels: { peer, rank },
  },
  topDebtorBytes: {
    kind: 'gauge',
    name: 'libp2p_bitswap_top_debtor_bytes',
    help: 'Bytes of blocks exchanged with the five peers with the largest debt ratios.',
    unit: 'bytes',
    labels: { peer, rank, direction },
  },
  advertisements: {
    kind: 'counter',
    name: 'libp2p_bitswap_advertisements_total',
    help: 'Advertisements that this node provides a block; skipped: requests that an auto-provider left out because of its minimum interval.',
    labels: { target: ['dht', 'delegated', 'all'], result: ['success', 'failure', 'skipped'] },
  },
  advertisementLastSuccess: {
    kind: 'gauge',
    name: 'libp2p_bitswap_advertisement_last_success_timestamp',
    help: 'Unix time of the last advertisement that was accepted.',
    unit: 'seconds',
    labels: { target: ['dht', 'delegated'] },
  },
  advertisementLastAttempt: {
    kind: 'gauge',
    name: 'libp2p_bitswap_advertisement_last_attempt_timestamp',
    help: 'Unix time at which the last advertisement started.',
    unit: 'seconds',
  },
  messages: {
    kind: 'counter',
    name: 'libp2p_bitswap_messages_total',
    help: 'Exchanged messages.',
    unit: 'messages',
    labels: { direction },
  },
  cancels: {
    kind: 'counter',
    name: 'libp2p_bitswap_cancels_total',
    help: 'Wantlist entries that cancel an earlier want.',
    unit: 'entries',
    labels: { direction },
  },
  sendFailures: {
    kind: 'counter',
    name: 'libp2p_bitswap_send_failures_total',
    help: 'Sends that failed: no stream to the peer (dial), or it ended before the message was sent (stream).',
    unit: 'messages',
    labels: { reason: sendFailureReasons },
  },
  wantlistSize: {
    kind: 'gauge',
    name: 'libp2p_bitswap_wantlist_size',
    help: 'Blocks that this node wants, without those of sessions.',
    unit: 'blocks',
  },
  oldestWant: {
    kind: 'gauge',
    name: 'libp2p_bitswap_oldest_want_age_seconds',
    help: 'Seconds since the oldest want was first seen in the wantlist; 0 when it is empty.',
    unit: 'seconds',
  },
  sendQueue: {
    kind: 'gauge',
    name: 'libp2p_bitswap_send_queue_size',
    help: 'Messages that wait to be sent or are being sent.',
    unit: 'messages',
  },
})
