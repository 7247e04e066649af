import { startTestHost, until } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { bitswap } from '../../src/index.js'
import { readWhenQuiet } from '../support/values.js'
import { bitswapOf, connect, fetchBlocks, putBlocks, startNode, type TestNode } from '../support/nodes.js'

/** The debtors as they are exported, by rank: the end of the peer's id, ratio and bytes. */
function debtors(
  values: Map<string, number>,
): { peer: string; ratio: number; sent?: number; received?: number }[] {
  const rows = [...values].flatMap(([key, ratio]) => {
    const match = /^libp2p_bitswap_top_debtor_ratio\{peer="\*?([^"]+)",rank="(\d)"/.exec(key)
    if (match === null) return []
    const [, peer, rank] = match
    const bytes = (direction: string) =>
      [...values].find(
        ([name]) =>
          name.startsWith('libp2p_bitswap_top_debtor_bytes') &&
          name.includes(`${peer}",rank="${rank}",direction="${direction}"`),
      )?.[1]
    return [{ rank, peer, ratio, sent: bytes('sent'), received: bytes('received') }]
  })
  rows.sort((x, y) => x.rank.localeCompare(y.rank))
  return rows.map(({ peer, ratio, sent, received }) => ({ peer, ratio, sent, received }))
}

const shortened = (node: TestNode) => node.libp2p.peerId.toString().slice(-10)

/** A node that is measured, and one peer for each of these block sizes that fetches a block from it. */
async function startWithTakers(bytes: readonly number[]) {
  const a = await startNode()
  const host = await startTestHost(bitswap({ helia: a }))
  const takers: TestNode[] = []
  for (const size of bytes) {
    const taker = await startNode()
    await connect(taker, a)
    await fetchBlocks(taker, await putBlocks(a, 1, size))
    takers.push(taker)
  }
  await quietLedgers(a, bytes.length)
  return { a, host, takers }
}

async function quietLedgers(node: TestNode, count: number): Promise<void> {
  const ledgers = () => [...bitswapOf(node).peerWantLists.ledgerMap.values()]
  await until(() => ledgers().filter(({ bytesSent }) => bytesSent > 0).length === count, 'the ledgers')
}

describe('a greedy peer', () => {
  it('that only fetches is the first debtor, with its bytes, until it has sent blocks itself', async () => {
    const { a, host, takers } = await startWithTakers([4_000])
    const [greedy] = takers
    expect(debtors(await readWhenQuiet(host))).toEqual([
      { peer: shortened(greedy), ratio: 4_000, sent: 4_000, received: 0 },
    ])
    expect(await host.value('libp2p_bitswap_max_debt_ratio')).toBe(4_000)
    await fetchBlocks(a, await putBlocks(greedy, 1, 7_999))
    const values = await readWhenQuiet(host)
    expect(debtors(values)).toEqual([{ peer: shortened(greedy), ratio: 0.5, sent: 4_000, received: 7_999 }])
    expect(values.get('libp2p_bitswap_max_debt_ratio')).toBe(0.5)
  })

  it('that disconnects is not exported by the next pass', async () => {
    const { a, host, takers } = await startWithTakers([4_000, 3_000])
    const [greedy, other] = takers
    expect(debtors(await readWhenQuiet(host)).map(({ peer }) => peer)).toEqual([greedy, other].map(shortened))
    await greedy.stop()
    await until(() => bitswapOf(a).peerWantLists.ledgerMap.size === 1, 'the ledger to go')
    const values = await host.read()
    expect(debtors(values)).toEqual([{ peer: shortened(other), ratio: 3_000, sent: 3_000, received: 0 }])
    expect([...values.keys()].join()).not.toContain(shortened(greedy))
    expect(values.get('libp2p_bitswap_peers')).toBe(1)
  })
})

describe('debtors', () => {
  it('are the five with the largest debts, and one that leaves the five loses its series', async () => {
    const { a, host, takers } = await startWithTakers([100, 600, 300, 500, 200, 400])
    const names = takers.map(shortened)
    const ranked = debtors(await readWhenQuiet(host))
    expect(ranked.map(({ peer }) => peer)).toEqual([names[1], names[3], names[5], names[2], names[4]])
    expect(ranked.map(({ ratio }) => ratio)).toEqual([600, 500, 400, 300, 200])
    await fetchBlocks(takers[0], await putBlocks(a, 1, 10_000))
    await until(
      () => bitswapOf(a).peerWantLists.ledgerForPeer(takers[0].libp2p.peerId).value === 10_100,
      'debt',
    )
    const values = await host.read()
    expect(debtors(values).map(({ peer }) => peer)).toEqual([
      names[0],
      names[1],
      names[3],
      names[5],
      names[2],
    ])
    expect([...values.keys()].filter((key) => key.includes(names[4]))).toEqual([])
    expect(
      [...values.keys()].filter((key) => key.startsWith('libp2p_bitswap_top_debtor_bytes')),
    ).toHaveLength(10)
  })

  it('are none when no peer has a debt', async () => {
    const [a, b] = [await startNode(), await startNode()]
    const host = await startTestHost(bitswap({ helia: a }))
    await connect(b, a)
    await fetchBlocks(a, await putBlocks(b, 1, 1_000))
    await until(() => bitswapOf(a).peerWantLists.ledgerMap.size === 1, 'a ledger')
    const values = await readWhenQuiet(host)
    expect(debtors(values)).toEqual([])
    expect(values.get('libp2p_bitswap_max_debt_ratio')).toBe(0)
    expect(values.get('libp2p_bitswap_peers')).toBe(1)
  })

  it('have the names that the host’s privacy rules allow', async () => {
    const { a, takers } = await startWithTakers([4_000])
    const peer = takers[0].libp2p.peerId.toString()
    const labelWith = async (mode: 'keep' | 'hash' | 'drop') => {
      const host = await startTestHost({ a: bitswap({ helia: a }) }, { host: { privacy: { peer_id: mode } } })
      const key = [...(await host.read()).keys()].find((name) => name.includes('top_debtor_ratio'))
      await host.tidegauge.stop()
      return /peer="([^"]*)"/.exec(key ?? '')?.[1]
    }
    expect(await labelWith('keep')).toBe(peer)
    expect(await labelWith('hash')).toMatch(/^[0-9a-f]{16}$/)
    const dropped = await labelWith('drop')
    expect(dropped ?? '').not.toContain(peer.slice(-10))
  })
})
