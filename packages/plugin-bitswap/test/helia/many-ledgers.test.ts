import { LogOnce, systemClock } from '@tidegauge/core'
import { startTestHost } from '@tidegauge/testkit'
import { expect, it } from 'vitest'
import { BitswapWatcher, NodeCounts } from '../../src/helia/bitswap-watcher.js'
import { ShapeCheck } from '../../src/helia/shape-check.js'
import { bitswap } from '../../src/index.js'
import { value } from '../support/values.js'
import { bitswapOf, startNode, type TestNode } from '../support/nodes.js'

interface Peer {
  toString(): string
}

/** A message of a peer that does not exist, as the network reports one. */
function receive(node: TestNode, remotePeer: Peer): void {
  const message = { blocks: [], blockPresences: [] }
  const detail = { peer: remotePeer, connection: { remotePeer }, message }
  bitswapOf(node).network.safeDispatchEvent('bitswap:message', { detail })
}

/** Makes a node report that it is connected to these peers. */
function pretendConnected(node: TestNode, peers: readonly Peer[]): void {
  const connected = new Set(peers.map(String))
  node.libp2p.getConnections = (peer) => (connected.has(String(peer)) ? [{} as never] : [])
}

const peersNamed = (count: number): Peer[] =>
  Array.from({ length: count }, (_, i) => ({ toString: () => `12D3KooW${i}` }))

it('reads a thousand real ledgers that all change, pass after pass, and loses no exchange', async () => {
  const node = await startNode()
  const plugin = bitswap({ helia: node })
  const host = await startTestHost({ a: plugin })
  const peers = peersNamed(1_000)
  pretendConnected(node, peers)
  for (const peer of peers) receive(node, peer)
  const ledgers = [...bitswapOf(node).peerWantLists.ledgerMap.values()]
  expect(ledgers).toHaveLength(1_000)
  expect(value(await host.read(), 'exchanges_total', 'a')).toBe(1_000)
  for (let round = 1; round <= 50; round++) {
    for (const [i, ledger] of ledgers.entries()) ledger.sentBytes((i * 7_919 + round) % 1_009)
    await host.read()
  }
  const values = await host.read()
  expect(value(values, 'exchanges_total', 'a')).toBe(51_000)
  expect(value(values, 'max_debt_ratio', 'a')).toBe(Math.max(...ledgers.map((ledger) => ledger.debtRatio())))
})

it('keeps at most about a thousand ledgers of peers that come and go between two reads, and counts all', async () => {
  const node = await startNode()
  const counts = new NodeCounts()
  const deps = { counts, clock: systemClock, logOnce: new LogOnce(), shape: new ShapeCheck() }
  const watcher = new BitswapWatcher(bitswapOf(node), deps)
  const { network, peerWantLists } = bitswapOf(node)
  let maxSize = 0
  for (const peer of peersNamed(2_500)) {
    receive(node, peer)
    const { sendQueue } = peerWantLists.ledgerMap.get(peer)
    network.safeDispatchEvent('peer:disconnected', { detail: peer })
    if (sendQueue.size > 0) await sendQueue.onIdle()
    maxSize = Math.max(maxSize, counts.exchanges.size)
  }
  expect(peerWantLists.ledgerMap.size).toBe(0)
  expect(maxSize).toBeLessThanOrEqual(1_000)
  expect(watcher.read().exchanges).toBe(2_500)
  expect(counts.exchanges.size).toBe(0)
  watcher.stop()
})
