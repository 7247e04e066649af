import { LogOnce, systemClock } from '@tidegauge/core'
import { until } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { BitswapWatcher, NodeCounts } from '../../src/helia/bitswap-watcher.js'
import { ShapeCheck } from '../../src/helia/shape-check.js'
import { traffic, readWhenQuiet, value } from '../support/values.js'
import {
  bitswapOf,
  connect,
  fetchBlock,
  fetchBlocks,
  putBlocks,
  startNode,
  startPair,
} from '../support/nodes.js'

describe('exchanges', () => {
  it('are not lost with the ledgers that a disconnect removes, and never fall', async () => {
    const { a, b, host } = await startPair()
    let last = 0
    let expected = 0
    for (let round = 0; round < 4; round++) {
      await fetchBlocks(b, await putBlocks(a, 20, 100))
      await until(
        () => bitswapOf(a).peerWantLists.ledgerForPeer(b.libp2p.peerId)?.sent === 2_000,
        'the ledger',
      )
      expected += bitswapOf(a).peerWantLists.ledgerForPeer(b.libp2p.peerId).exchanged
      await a.libp2p.hangUp(b.libp2p.peerId)
      await until(() => bitswapOf(a).peerWantLists.ledgerMap.size === 0, 'the ledger to go')
      const now = value(await host.read(), 'exchanges_total', 'a')!
      expect(now).toBe(expected)
      expect(now).toBeGreaterThan(last)
      last = now
      await connect(b, a)
    }
  })

  it('of a ledger that was added and removed between two passes are counted', async () => {
    const { a, b, host } = await startPair()
    await fetchBlocks(b, await putBlocks(a, 20, 100))
    const ledger = bitswapOf(a).peerWantLists.ledgerMap.get(b.libp2p.peerId)
    await until(() => ledger.bytesSent === 2_000, 'the answers')
    await a.libp2p.hangUp(b.libp2p.peerId)
    await until(() => bitswapOf(a).peerWantLists.ledgerMap.size === 0, 'the ledger to go')
    expect(value(await host.read(), 'exchanges_total', 'a')).toBe(ledger.exchangeCount)
  })
})

describe('an answer that is being sent when its ledger is removed', () => {
  it('is counted when it has been sent, and the ledger is kept no longer than that', async () => {
    const { a, b, host } = await startPair()
    const [cid] = await putBlocks(a, 1, 2_000)
    const gate = Promise.withResolvers<void>()
    const { dialProtocol } = a.libp2p
    a.libp2p.dialProtocol = async (...args: Parameters<typeof dialProtocol>) => {
      await gate.promise
      return dialProtocol.apply(a.libp2p, args)
    }
    const fetching = fetchBlock(b, cid, AbortSignal.timeout(8_000)).catch(() => 0)
    const { ledgerMap } = bitswapOf(a).peerWantLists
    await until(() => ledgerMap.get(b.libp2p.peerId)?.sendQueue.size === 1, 'the answer to be in the queue')
    const ledger = ledgerMap.get(b.libp2p.peerId)
    await a.libp2p.hangUp(b.libp2p.peerId)
    await until(() => ledgerMap.size === 0, 'the ledger to go')
    expect(value(await host.read(), 'exchanges_total', 'a')).toBe(1)
    gate.resolve()
    await until(() => ledger.exchangeCount === 2, 'the answer')
    const received = traffic(await readWhenQuiet(host), 'a', 'received').messages
    expect(value(await host.read(), 'exchanges_total', 'a')).toBe(1 + received)
    await fetching
  })

  it('leaves nothing behind', async () => {
    const [a, b] = [await startNode(), await startNode()]
    const counts = new NodeCounts()
    const deps = { counts, clock: systemClock, logOnce: new LogOnce(), shape: new ShapeCheck() }
    const watcher = new BitswapWatcher(bitswapOf(a), deps)
    for (let round = 1; round <= 3; round++) {
      await connect(b, a)
      await fetchBlocks(b, await putBlocks(a, 1, 100))
      await until(() => bitswapOf(a).peerWantLists.ledgerForPeer(b.libp2p.peerId)?.sent === 100, 'the answer')
      expect(watcher.read()).toMatchObject({ exchanges: 2 * round })
      expect(counts.exchanges.size).toBe(1)
      await a.libp2p.hangUp(b.libp2p.peerId)
      await until(() => bitswapOf(a).peerWantLists.ledgerMap.size === 0, 'the ledger to go')
      watcher.read()
      expect(counts.exchanges.size).toBe(0)
    }
    watcher.stop()
  })
})
