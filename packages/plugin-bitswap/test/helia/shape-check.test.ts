import { startTestHost, type TestHost } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { bitswap, type HeliaLike } from '../../src/index.js'
import { traffic, readWhenQuiet, value } from '../support/values.js'
import { bitswapOf, connect, fetchBlocks, putBlocks, startNode, type TestNode } from '../support/nodes.js'

const VERSIONS = 'helia ^7.0.0, @helia/bitswap ^4.0.14, libp2p ^3.0.0, @libp2p/kad-dht ^16.0.0'

/** A running node with this bitswap, as another version would have it; the rest is that of a real node. */
function nodeWith(bitswapItself: object | undefined, { routing, libp2p }: Partial<TestNode> = {}): HeliaLike {
  const blockBrokers = [{ name: 'bitswap', ...(bitswapItself && { bitswap: bitswapItself }) }]
  return { status: 'started', routing, libp2p, addRouter: (factory) => void factory({ blockBrokers }) }
}

/** The parts of a real bitswap that a test replaces some of. */
function partsOf(node: TestNode) {
  const { network, wantList, peerWantLists } = bitswapOf(node)
  return { network, wantList, peerWantLists }
}

async function exchange(a: TestNode, b: TestNode): Promise<void> {
  await connect(b, a)
  await fetchBlocks(b, await putBlocks(a, 5, 1_000))
}

/** Why the plugin is down. Fails when it is not. */
async function problemOf(host: TestHost): Promise<string> {
  await host.read()
  const [{ state, lastError }] = host.tidegauge.health().plugins
  expect(state).toBe('down')
  return lastError ?? ''
}

describe('a Helia that lacks a private field', () => {
  it('marks the plugin down with what is needed, and the rest is exported (issue 10)', async () => {
    const [a, b] = [await startNode(), await startNode()]
    const { network, wantList, peerWantLists } = partsOf(a)
    const slim = { network, peerWantLists: {}, wantList: { peers: wantList.peers } }
    const host = await startTestHost({ a: bitswap({ helia: nodeWith(slim, a) }) })
    await exchange(a, b)
    // a plugin that is down is read less often
    const sent = async () => traffic(await host.read(), 'a', 'sent')
    await expect.poll(sent, { timeout: 10_000 }).toMatchObject({ blocks: 5, bytes: 5_000 })
    const values = host.current()
    expect(peerWantLists.ledgerMap.size).toBe(1)
    expect(traffic(values, 'a', 'received')).toMatchObject({ wants: 5 })
    expect(value(values, 'peers', 'a')).toBe(1)
    expect(value(values, 'wantlist_size', 'a')).toBeUndefined()
    expect(value(values, 'max_debt_ratio', 'a')).toBeUndefined()
    expect(await problemOf(host)).toBe(
      `plugin "bitswap": this node lacks what is known from ${VERSIONS}: bitswap.peerWantLists.ledgerMap (debts and exchanges), bitswap.wantList.wants (the wantlist); the rest is exported; install these versions, update @tidegauge/plugin-bitswap, or record with createBitswapRecorder() and pass it as source`,
    )
    expect(host.log.filter((line) => !line.startsWith('debug'))).toHaveLength(1)
  })

  it('does not pass for a node without traffic when it has no network (issue 10)', async () => {
    const a = await startNode()
    const { wantList, peerWantLists } = partsOf(a)
    const host = await startTestHost({ a: bitswap({ helia: nodeWith({ peerWantLists, wantList }, a) }) })
    const values = await host.read()
    expect(value(values, 'peers', 'a')).toBeUndefined()
    expect(value(values, 'max_debt_ratio', 'a')).toBeUndefined()
    expect(await problemOf(host)).toContain(
      'bitswap.network (received traffic), bitswap.network.libp2p.status (whether the node runs), bitswap.network.libp2p.dialProtocol (sent traffic and failed sends), bitswap.network.libp2p.getConnections (the peers and debts)',
    )
  })

  it.each([
    ['exchangeCount', 'exchanges'],
    // @helia/bitswap 4.0.0 to 4.0.8
    ['sendQueue', 'exchanges of peers that have disconnected'],
  ])('marks the plugin down with the first ledger without %s (issue 10)', async (field, feeds) => {
    const [a, b] = [await startNode(), await startNode()]
    const host = await startTestHost({ a: bitswap({ helia: a }) })
    expect(host.tidegauge.health().plugins).toMatchObject([{ state: 'up' }])
    const { ledgerMap } = bitswapOf(a).peerWantLists
    const { get } = ledgerMap
    ledgerMap.get = (peer: unknown) => {
      const ledger = get.call(ledgerMap, peer)
      return ledger && new Proxy(ledger, { get: (one, key) => (key === field ? undefined : one[key]) })
    }
    await exchange(a, b)
    expect(traffic(await readWhenQuiet(host), 'a', 'sent')).toMatchObject({ blocks: 5 })
    const path = field === 'sendQueue' ? 'sendQueue.size' : field
    expect(await problemOf(host)).toContain(`: ledger.${path} (${feeds}); the rest is exported`)
  })

  it('has its wantlist left out when nobody can say which wants were cancelled (issue 10)', async () => {
    const a = await startNode()
    const { network, wantList, peerWantLists } = partsOf(a)
    const wants = new Map([['cid', { isCancelled: true }]])
    const helia = nodeWith({ network, peerWantLists, wantList: { peers: wantList.peers, wants } }, a)
    const host = await startTestHost({ a: bitswap({ helia }) })
    expect(await problemOf(host)).toContain('want.cancel (the wantlist)')
    expect(value(await host.read(), 'wantlist_size', 'a')).toBeUndefined()
  })

  it.each([
    ['no blocks', { blockPresences: [] }, 'received message.message.blocks (received traffic)'],
    [
      'presences of another kind',
      { blocks: [], blockPresences: [{ type: 0 }, { type: 1 }] },
      'received message.blockPresences.type (received traffic)',
    ],
    [
      'blocks of another kind',
      { blocks: [{ data: undefined, bytes: new Uint8Array(3) }], blockPresences: [] },
      'received message.blocks.data.byteLength (received traffic)',
    ],
  ])(
    'does not have received messages with %s counted as if it knew them (issue 10)',
    async (_, message, lacks) => {
      const a = await startNode()
      const host = await startTestHost({ a: bitswap({ helia: a }) })
      const detail = { message, connection: { remotePeer: a.libp2p.peerId } }
      bitswapOf(a).network.safeDispatchEvent('bitswap:message', { detail })
      const { have, dont_have, bytes } = traffic(await host.read(), 'a', 'received')
      expect({ have, dont_have, bytes }).toEqual({ have: 0, dont_have: 0, bytes: 0 })
      expect(await problemOf(host)).toContain(lacks)
    },
  )

  it('may be known in everything but its routing (issue 10)', async () => {
    const a = await startNode()
    const host = await startTestHost({ a: bitswap({ helia: nodeWith(bitswapOf(a), { libp2p: a.libp2p }) }) })
    expect(await problemOf(host)).toContain(
      'helia.routing.routers (advertisements by the routers of now), helia.routing.addRouter (advertisements by routers that are added later); the rest',
    )
    expect(value(await host.read(), 'peers', 'a')).toBe(0)
  })

  it('may hide its bitswap: the plugin is down with the reason until it is there', async () => {
    const node = await startNode()
    const broker: { name: string; bitswap?: object } = { name: 'bitswap' }
    const { routing, libp2p } = node
    const helia: HeliaLike = {
      status: 'started',
      routing,
      libp2p,
      addRouter: (factory) => void factory({ blockBrokers: [broker] }),
    }
    const host = await startTestHost({ a: bitswap({ helia }) })
    expect(host.log).toHaveLength(1)
    expect(host.log[0]).toContain(
      `could not find bitswap itself of this Helia in the field bitswap of the block broker "bitswap", which was undefined, as known from ${VERSIONS}; install these versions, update @tidegauge/plugin-bitswap, or record with createBitswapRecorder() and pass it as source; its last values are kept, and it is tried again`,
    )
    expect(await problemOf(host)).toMatch(/^plugin "bitswap": could not find bitswap itself of this Helia/)
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
    const helia: HeliaLike = {
      status: 'started',
      addRouter: (factory) => void factory({ blockBrokers: [{ name: 'trustless-gateway' }] }),
    }
    const host = await startTestHost({ a: bitswap({ helia }) })
    expect(host.log[0]).toContain(
      'this Helia has no bitswap: its block brokers are [trustless-gateway]; create it with withBitswap(…), or with createHelia',
    )
  })
})

describe('a Helia of version 5 or 6', () => {
  it('is left as it is: the plugin is down, and counts none of its advertisements (issue 10)', async () => {
    // what they have: no addRouter, no status, routers that are used all the same
    const router = { name: 'publishing', provide: async (cid: unknown) => void String(cid) }
    const { provide } = router
    const old = { blockstore: {}, datastore: {}, libp2p: {}, routing: { routers: [router] } }
    const host = await startTestHost({ a: bitswap({ helia: old as never }) })
    expect(router.provide).toBe(provide)
    await router.provide(1)
    expect(await problemOf(host)).toContain(
      `helia.addRouter is not a function, as known from ${VERSIONS}; install these versions`,
    )
    const values = await host.read()
    expect(
      values.get('libp2p_bitswap_advertisements_total{target="delegated",result="success",node="a"}'),
    ).toBe(0)
    expect(host.log).toHaveLength(1)
  })
})
