import { expect, it } from 'vitest'
import { bitswap } from '../src/index.js'
import { value } from './support/figures.js'
import { startHost } from './support/host.js'
import { bitswapOf, startNode } from './support/nodes.js'

it('reads a thousand real ledgers that all change, pass after pass, and loses no exchange', async () => {
  const node = await startNode()
  const plugin = bitswap({ helia: node })
  const host = await startHost({ a: plugin })
  const { network, peerWantLists } = bitswapOf(node)
  for (let i = 0; i < 1_000; i++) {
    const remotePeer = { toString: () => `12D3KooW${i}` }
    const detail = {
      peer: remotePeer,
      connection: { remotePeer },
      message: { blocks: [], blockPresences: [] },
    }
    network.safeDispatchEvent('bitswap:message', { detail })
  }
  const ledgers = [...peerWantLists.ledgerMap.values()]
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
