import { LogOnce, silentLogger, systemClock } from '@tidegauge/core'
import { describe, expect, it } from 'vitest'
import { Attachment, NodeTotals } from '../src/helia/attachment.js'
import { figures, quiet, value } from './support/figures.js'
import { bitswapOf, connect, fetchBlock, fetchBlocks, putBlocks, startNode, until } from './support/nodes.js'
import { startPair } from './support/pair.js'

describe('exchanges', () => {
  it('are not lost with the ledgers that a disconnect takes away, and never fall', async () => {
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

  it('of a ledger that came and went between two passes are counted', async () => {
    const { a, b, host } = await startPair()
    await fetchBlocks(b, await putBlocks(a, 20, 100))
    const ledger = bitswapOf(a).peerWantLists.ledgerMap.get(b.libp2p.peerId)
    await until(() => ledger.bytesSent === 2_000, 'the answers')
    await a.libp2p.hangUp(b.libp2p.peerId)
    await until(() => bitswapOf(a).peerWantLists.ledgerMap.size === 0, 'the ledger to go')
    expect(value(await host.read(), 'exchanges_total', 'a')).toBe(ledger.exchangeCount)
  })
})

describe('an answer that is under way when its ledger is thrown away', () => {
  it('is counted when it has been given, and the ledger is remembered no longer than that', async () => {
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
    await until(() => ledgerMap.get(b.libp2p.peerId)?.sendQueue.size === 1, 'the answer to be under way')
    const ledger = ledgerMap.get(b.libp2p.peerId)
    await a.libp2p.hangUp(b.libp2p.peerId)
    await until(() => ledgerMap.size === 0, 'the ledger to go')
    expect(value(await host.read(), 'exchanges_total', 'a')).toBe(1)
    gate.resolve()
    await until(() => ledger.exchangeCount === 2, 'the answer')
    const received = figures(await quiet(host), 'a', 'received').messages
    expect(value(await host.read(), 'exchanges_total', 'a')).toBe(1 + received)
    await fetching
  })

  it('leaves nothing behind', async () => {
    const [a, b] = [await startNode(), await startNode()]
    const totals = new NodeTotals()
    const context = { clock: systemClock, logger: silentLogger, logOnce: new LogOnce() }
    const attachment = new Attachment(bitswapOf(a), totals, context)
    for (let round = 1; round <= 3; round++) {
      await connect(b, a)
      await fetchBlocks(b, await putBlocks(a, 1, 100))
      await until(() => bitswapOf(a).peerWantLists.ledgerForPeer(b.libp2p.peerId)?.sent === 100, 'the answer')
      expect(attachment.read()).toMatchObject({ exchanges: 2 * round })
      expect(totals.exchanges.size).toBe(1)
      await a.libp2p.hangUp(b.libp2p.peerId)
      await until(() => bitswapOf(a).peerWantLists.ledgerMap.size === 0, 'the ledger to go')
      attachment.read()
      expect(totals.exchanges.size).toBe(0)
    }
    attachment.detach()
  })
})
