import { ping } from '@libp2p/ping'
import { findContentRouters, leadsToLibp2p } from '@tidegauge/attach'
import { startTestHost } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { bitswap, type HeliaLike } from '../../src/index.js'
import { askComponents, findBitswap } from '../../src/helia/find-bitswap.js'
import {
  bitswapInternals,
  dhtInternals,
  ledgerInternals,
  missingInternals,
  routingInternals,
  streamInternals,
} from '../../src/helia/internals.js'
import { privateDht } from '../support/dht-nodes.js'
import { traffic, readWhenQuiet, value } from '../support/values.js'
import {
  bitswapOf,
  connect,
  fetchBlocks,
  makeBlock,
  putBlocks,
  startNode,
  type TestNode,
} from '../support/nodes.js'

/** A running node with these block brokers, as another version would have them. */
function nodeWith(brokers: readonly object[]): HeliaLike {
  return { status: 'started', addRouter: (factory) => void factory({ blockBrokers: brokers }) }
}

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
    expect(missingInternals(b.routing, routingInternals)).toEqual([])
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
    for (const name of ['send', 'addEventListener', 'removeEventListener'])
      expect(stream[name]).toBeTypeOf('function')
    await stream.close()
  })

  it('is there in a want', async () => {
    const { wantList } = bitswapOf(await startNode())
    const { cid } = await makeBlock(10)
    const ended = expect(wantList.wantBlock(cid, { signal: AbortSignal.timeout(300) })).rejects.toThrow(
      /aborted/,
    )
    const [entry] = wantList.wants.values()
    expect(entry.cancel).toBe(false)
    await ended
    expect(entry.cancel).toBe(true)
  })

  it('counts an exchange before the plugin receives the message', async () => {
    const [a, b] = [await startNode(), await startNode()]
    const counts: number[] = []
    bitswapOf(a).network.addEventListener('bitswap:message', ({ detail }: any) => {
      counts.push(bitswapOf(a).peerWantLists.ledgerMap.get(detail.connection.remotePeer)?.exchangeCount ?? 0)
    })
    await exchange(a, b)
    expect(counts[0]).toBe(1)
  })
})

describe('a Helia that lacks a private field', () => {
  it('is logged in one warning, and the rest is measured', async () => {
    const [a, b] = [await startNode(), await startNode()]
    const { network, wantList, peerWantLists } = bitswapOf(a)
    const slim = { network, peerWantLists: {}, wantList: { peers: wantList.peers } }
    const host = await startTestHost({
      a: bitswap({ helia: nodeWith([{ name: 'bitswap', bitswap: slim }]) }),
    })
    await exchange(a, b)
    const values = await readWhenQuiet(host)
    expect(peerWantLists.ledgerMap.size).toBe(1)
    expect(traffic(values, 'a', 'sent')).toMatchObject({ blocks: 5, bytes: 5_000 })
    expect(traffic(values, 'a', 'received')).toMatchObject({ wants: 5 })
    expect(value(values, 'peers', 'a')).toBe(1)
    expect(value(values, 'wantlist_size', 'a')).toBeUndefined()
    expect(value(values, 'max_debt_ratio', 'a')).toBeUndefined()
    expect(host.tidegauge.health().plugins).toMatchObject([{ state: 'up' }])
    expect(host.log).toHaveLength(1)
    expect(host.log[0]).toMatch(
      /^warn plugin "bitswap\{node=a\}": this node lacks what is known from helia 7\.1 with @helia\/bitswap 4\.0: bitswap\.peerWantLists\.ledgerMap \(debts and exchanges\), bitswap\.wantList\.wants \(the wantlist\); these are not exported, the rest is; update @tidegauge\/plugin-bitswap, or record with createBitswapRecorder\(\) and pass it as source$/,
    )
  })

  it('may lack the network, and is measured without traffic', async () => {
    const a = await startNode()
    const { peerWantLists, wantList } = bitswapOf(a)
    const slim = { peerWantLists, wantList }
    const host = await startTestHost({
      a: bitswap({ helia: nodeWith([{ name: 'bitswap', bitswap: slim }]) }),
    })
    const values = await host.read()
    expect(value(values, 'peers', 'a')).toBeUndefined()
    expect(value(values, 'max_debt_ratio', 'a')).toBeUndefined()
    expect(value(values, 'exchanges_total', 'a')).toBe(0)
    expect(host.log.join()).toContain(
      'bitswap.network (received traffic), bitswap.network.libp2p.dialProtocol (sent traffic and failed sends), bitswap.network.libp2p.getConnections (the peers and debts)',
    )
    expect(host.log).toHaveLength(1)
  })

  it('may have other ledgers, which is logged with the first one', async () => {
    const [a, b] = [await startNode(), await startNode()]
    const host = await startTestHost({ a: bitswap({ helia: a }) })
    const { ledgerMap } = bitswapOf(a).peerWantLists
    const { get } = ledgerMap
    ledgerMap.get = (peer: unknown) => {
      const ledger = get.call(ledgerMap, peer)
      if (ledger !== undefined)
        Object.defineProperty(ledger, 'exchangeCount', { value: undefined, writable: true })
      return ledger
    }
    await exchange(a, b)
    const values = await readWhenQuiet(host)
    expect(host.log.filter((line) => line.includes('ledger.exchangeCount (exchanges)'))).toHaveLength(1)
    expect(traffic(values, 'a', 'sent')).toMatchObject({ blocks: 5 })
  })

  it('may hide its bitswap: the plugin is down with the reason until it is there', async () => {
    const node = await startNode()
    const broker: { name: string; bitswap?: object } = { name: 'bitswap' }
    const host = await startTestHost({ a: bitswap({ helia: nodeWith([broker]) }) })
    expect(host.log).toHaveLength(1)
    expect(host.log[0]).toMatch(
      /could not find bitswap itself of this Helia in the field bitswap of the block broker "bitswap", which was undefined, as known from helia 7\.1 with @helia\/bitswap 4\.0; update @tidegauge\/plugin-bitswap, or record with createBitswapRecorder\(\) and pass it as source; its last values are kept, and it is tried again$/,
    )
    expect(host.tidegauge.health().plugins).toMatchObject([
      {
        state: 'down',
        lastError: expect.stringMatching(/^plugin "bitswap": could not find bitswap itself of this Helia/),
      },
    ])
    // counters exist all the same
    expect(traffic(await host.read(), 'a', 'sent').messages).toBe(0)
    broker.bitswap = bitswapOf(node)
    const isUp = async () => {
      await host.read()
      return host.tidegauge.health().plugins[0].state
    }
    await expect.poll(isUp, { timeout: 10_000, interval: 100 }).toBe('up')
    expect(value(await host.read(), 'peers', 'a')).toBe(0)
  })

  it('may have no bitswap at all', async () => {
    const host = await startTestHost({ a: bitswap({ helia: nodeWith([{ name: 'trustless-gateway' }]) }) })
    expect(host.log[0]).toContain(
      'this Helia has no bitswap: its block brokers are [trustless-gateway]; create it with withBitswap(…), or with createHelia',
    )
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
      'could not find the block brokers of this Helia in helia.addRouter(factory), components.blockBrokers, which failed: helia.addRouter is not a function, as known from helia 7.1 with @helia/bitswap 4.0; update',
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
