import { ping } from '@libp2p/ping'
import { findContentRouters, leadsToLibp2p } from '@tidegauge/attach'
import { startTestHost } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { bitswap, type HeliaLike } from '../../src/index.js'
import { askComponents, findBitswap } from '../../src/helia/find-bitswap.js'
import {
  bitswapInternals,
  dhtInternals,
  heliaInternals,
  ledgerInternals,
  messageInternals,
  missingInternals,
  streamInternals,
  wantInternals,
} from '../../src/helia/internals.js'
import { privateDht } from '../support/dht-nodes.js'
import {
  bitswapOf,
  connect,
  fetchBlocks,
  makeBlock,
  putBlocks,
  startNode,
  type TestNode,
} from '../support/nodes.js'

async function exchange(a: TestNode, b: TestNode): Promise<void> {
  await connect(b, a)
  await fetchBlocks(b, await putBlocks(a, 5, 1_000))
}

describe('every private field that the plugin relies on', () => {
  it('is there in the installed versions', async () => {
    const [a, b] = [await startNode(), await startNode({}, { dht: privateDht(), ping: ping() })]
    const answer = askComponents(b)
    expect(answer.failure).toBe('')
    expect(Array.isArray(answer.components?.blockBrokers)).toBe(true)
    const instance = bitswapOf(b)
    expect(missingInternals(instance, bitswapInternals)).toEqual([])
    expect(instance.network.libp2p).toBe(b.libp2p)
    expect(missingInternals(b, heliaInternals)).toEqual([])
    const { routers } = b.routing as unknown as { routers: unknown[] }
    expect(routers.map((router) => leadsToLibp2p(router, undefined))).toContain('name')
    const { dhts, others } = findContentRouters(b.libp2p)
    expect([...dhts.values()]).toEqual(['dht'])
    expect(others.size).toBe(0)
    for (const dht of dhts.keys()) expect(missingInternals(dht, dhtInternals)).toEqual([])
    await exchange(a, b)
    const ledgers = bitswapOf(a).peerWantLists.ledgerMap
    const [ledger] = ledgers.values()
    expect(missingInternals(ledger, ledgerInternals)).toEqual([])
    expect(ledgers.get(ledger.peerId)).toBe(ledger)
  })

  it('is there in a stream', async () => {
    const [a, b] = [await startNode(), await startNode()]
    await connect(b, a)
    const stream: any = await b.libp2p.dialProtocol(a.libp2p.peerId, '/ipfs/bitswap/1.2.0')
    expect(missingInternals(stream, streamInternals)).toEqual([])
    expect([stream.status, stream.protocol]).toEqual(['open', '/ipfs/bitswap/1.2.0'])
    await stream.close()
  })

  it('is there in a want', async () => {
    const { wantList } = bitswapOf(await startNode())
    const { cid } = await makeBlock(10)
    const ended = expect(wantList.wantBlock(cid, { signal: AbortSignal.timeout(300) })).rejects.toThrow(
      /aborted/,
    )
    const [entry] = wantList.wants.values()
    expect(missingInternals(entry, wantInternals)).toEqual([])
    expect(entry.cancel).toBe(false)
    await ended
    expect(entry.cancel).toBe(true)
  })

  it('counts an exchange before the plugin receives the message', async () => {
    const [a, b] = [await startNode(), await startNode()]
    const counts: number[] = []
    bitswapOf(a).network.addEventListener('bitswap:message', ({ detail }: any) => {
      expect(missingInternals(detail, messageInternals)).toEqual([])
      counts.push(bitswapOf(a).peerWantLists.ledgerMap.get(detail.connection.remotePeer)?.exchangeCount ?? 0)
    })
    await exchange(a, b)
    expect(counts[0]).toBe(1)
  })
})

describe('the components of a Helia', () => {
  const found = (helia: HeliaLike) => findBitswap(helia, askComponents(helia))

  it('may be refused: then the field of the node is read', () => {
    const instance = {}
    const closed = {
      addRouter: () => {
        throw new Error('no more routers')
      },
      blockBrokers: [{ name: 'bitswap', bitswap: instance }],
    }
    expect(found(closed)).toEqual({ bitswap: instance })
    expect(found({ addRouter: closed.addRouter })).toEqual({
      problem: expect.stringMatching(
        /^could not find the block brokers of this Helia in helia\.addRouter\(factory\), components\.blockBrokers, which failed: .*no more routers/,
      ),
    })
  })

  it('may be missing: then the plugin reports what is missing', async () => {
    const host = await startTestHost({
      a: bitswap({ helia: { blockstore: {}, status: 'started' } as never }),
    })
    expect(host.log[0]).toContain(
      'could not find the block brokers of this Helia in helia.addRouter(factory), components.blockBrokers, which failed: helia.addRouter is not a function, as known from helia ^7.0.0, @helia/bitswap ^4.0.14, libp2p ^3.0.0, @libp2p/kad-dht ^16.0.0; install these versions, update',
    )
    expect(host.tidegauge.health().plugins).toMatchObject([{ state: 'down' }])
  })

  it('may be passed later: a factory that is called in the node’s start breaks nothing', () => {
    let factory: ((components: unknown) => { name: string }) | undefined
    const late: HeliaLike = { addRouter: (given) => (factory = given) }
    const answer = askComponents(late)
    expect('problem' in findBitswap(late, answer)).toBe(true)
    const instance = {}
    expect(factory!({ blockBrokers: [{ name: 'bitswap', bitswap: instance }] })).toEqual({
      name: 'tidegauge-probe',
    })
    expect(findBitswap(late, answer)).toEqual({ bitswap: instance })
  })
})
