import { LogOnce, silentLogger, systemClock } from '@tidegauge/core'
import { expect, it } from 'vitest'
import { Attachment, NodeTotals } from '../src/helia/attachment.js'
import { bitswap } from '../src/index.js'
import { value } from './support/figures.js'
import { startHost } from '../../../tools/test/plugin-host.ts'
import { bitswapOf, startNode, type TestNode } from './support/nodes.js'

interface Peer {
  toString(): string
}

/** A message of a peer that is not there, as the network tells of one. */
function hear(node: TestNode, remotePeer: Peer): void {
  const message = { blocks: [], blockPresences: [] }
  const detail = { peer: remotePeer, connection: { remotePeer }, message }
  bitswapOf(node).network.safeDispatchEvent('bitswap:message', { detail })
}

/** Makes a node say that it is connected to these peers. */
function pretendConnected(node: TestNode, peers: readonly Peer[]): void {
  const connected = new Set(peers.map(String))
  node.libp2p.getConnections = (peer) => (connected.has(String(peer)) ? [{} as never] : [])
}

const peersNamed = (count: number): Peer[] =>
  Array.from({ length: count }, (_, i) => ({ toString: () => `12D3KooW${i}` }))

it('reads a thousand real ledgers that all change, pass after pass, and loses no exchange', async () => {
  const node = await startNode()
  const plugin = bitswap({ helia: node })
  const host = await startHost({ a: plugin })
  const peers = peersNamed(1_000)
  pretendConnected(node, peers)
  for (const peer of peers) hear(node, peer)
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

it('remembers about a thousand ledgers at most of peers that come and go while nobody reads, and counts all', async () => {
  const node = await startNode()
  const totals = new NodeTotals()
  const context = { clock: systemClock, logger: silentLogger, logOnce: new LogOnce() }
  const attachment = new Attachment(bitswapOf(node), totals, context)
  const { network, peerWantLists } = bitswapOf(node)
  let most = 0
  for (const peer of peersNamed(2_500)) {
    hear(node, peer)
    const { sendQueue } = peerWantLists.ledgerMap.get(peer)
    network.safeDispatchEvent('peer:disconnected', { detail: peer })
    if (sendQueue.size > 0) await sendQueue.onIdle()
    most = Math.max(most, totals.exchanges.size)
  }
  expect(peerWantLists.ledgerMap.size).toBe(0)
  expect(most).toBeLessThanOrEqual(1_000)
  expect(attachment.read().exchanges).toBe(2_500)
  expect(totals.exchanges.size).toBe(0)
  attachment.detach()
})
