import { describe, expect, it } from 'vitest'
import { bitswap, type HeliaLike } from '../../src/index.js'
import { askComponents, findBitswap } from '../../src/helia/find-bitswap.js'
import { internals, missingInternals } from '../../src/helia/internals.js'
import { figures, quiet, value } from '../support/figures.js'
import { startHost } from '../../../../tools/test/plugin-host.ts'
import {
  bitswapOf,
  connect,
  fetchBlocks,
  makeBlock,
  putBlocks,
  startNode,
  type TestNode,
} from '../support/nodes.js'

/** A running node as another version would show it: with these brokers. The real one is not touched. */
function shownAs(brokers: readonly object[]): HeliaLike {
  return { status: 'started', addRouter: (factory) => void factory({ blockBrokers: brokers }) }
}

async function exchange(a: TestNode, b: TestNode): Promise<void> {
  await connect(b, a)
  await fetchBlocks(b, await putBlocks(a, 5, 1_000))
}

describe('everything inside of Helia that is relied on', () => {
  it('is there in the installed version', async () => {
    const node = await startNode()
    const answer = askComponents(node)
    expect(answer.failure).toBe('')
    expect(Array.isArray(answer.components?.blockBrokers)).toBe(true)
    const instance = bitswapOf(node)
    expect(internals.filter((internal) => !internal.isThere(instance))).toEqual([])
    expect(missingInternals(instance)).toBeUndefined()
    expect(instance.network.libp2p).toBe(node.libp2p)
  })

  it('is there in its ledgers, wants and streams', async () => {
    const [a, b] = [await startNode(), await startNode()]
    const asked = new Set<string>()
    const { dialProtocol } = b.libp2p
    b.libp2p.dialProtocol = async (...args: any[]) => {
      const stream: any = await dialProtocol.apply(b.libp2p, args as never)
      for (const name of ['send', 'sendData', 'addEventListener', 'removeEventListener'])
        if (typeof stream[name] === 'function') asked.add(name)
      if (typeof stream.writeBufferLength === 'number') asked.add('writeBufferLength')
      if (stream.status === 'open') asked.add('status')
      expect(stream.protocol).toBe('/ipfs/bitswap/1.2.0')
      return stream
    }
    await exchange(a, b)
    expect([...asked].sort()).toEqual([
      'addEventListener',
      'removeEventListener',
      'send',
      'sendData',
      'status',
      'writeBufferLength',
    ])
    const [ledger] = bitswapOf(a).peerWantLists.ledgerMap.values()
    expect(ledger).toMatchObject({
      exchangeCount: expect.any(Number),
      bytesSent: expect.any(Number),
      bytesReceived: expect.any(Number),
      sendQueue: { size: expect.any(Number) },
    })
    expect(bitswapOf(a).peerWantLists.ledgerMap.get(ledger.peerId)).toBe(ledger)
    const { wantList } = bitswapOf(b)
    await expect.poll(() => wantList.wants.size).toBe(0)
    const { cid } = await makeBlock(10)
    const ended = expect(wantList.wantBlock(cid, { signal: AbortSignal.timeout(300) })).rejects.toThrow(
      /aborted/,
    )
    const [entry] = wantList.wants.values()
    expect(entry.cancel).toBe(false)
    await ended
    expect(entry.cancel).toBe(true)
  })

  it('counts an exchange before we hear of the message', async () => {
    const [a, b] = [await startNode(), await startNode()]
    const counts: number[] = []
    bitswapOf(a).network.addEventListener('bitswap:message', ({ detail }: any) => {
      counts.push(bitswapOf(a).peerWantLists.ledgerMap.get(detail.connection.remotePeer)?.exchangeCount ?? 0)
    })
    await exchange(a, b)
    expect(counts[0]).toBe(1)
  })
})

describe('a Helia that lacks an internal', () => {
  it('is told in one error, and measured as far as it goes', async () => {
    const [a, b] = [await startNode(), await startNode()]
    const { network, wantList, peerWantLists } = bitswapOf(a)
    const slim = { network, peerWantLists: {}, wantList: { peers: wantList.peers } }
    const host = await startHost({ a: bitswap({ helia: shownAs([{ name: 'bitswap', bitswap: slim }]) }) })
    await exchange(a, b)
    const values = await quiet(host)
    expect(peerWantLists.ledgerMap.size).toBe(1)
    expect(figures(values, 'a', 'sent')).toMatchObject({ blocks: 5, bytes: 5_000 })
    expect(figures(values, 'a', 'received')).toMatchObject({ wants: 5 })
    expect(value(values, 'peers', 'a')).toBe(1)
    expect(value(values, 'wantlist_size', 'a')).toBeUndefined()
    expect(value(values, 'max_debt_ratio', 'a')).toBeUndefined()
    expect(host.tidegauge.health().plugins).toMatchObject([{ state: 'up' }])
    expect(host.log).toHaveLength(1)
    expect(host.log[0]).toMatch(
      /^error .*lacks what is known from helia 7\.1 with @helia\/bitswap 4\.0: bitswap\.peerWantLists\.ledgerMap \(debts and exchanges\), bitswap\.wantList\.wants \(the wantlist\); these are not exported, the rest is; update @tidegauge\/plugin-bitswap, or record with createBitswapRecorder\(\) and pass it as source$/,
    )
  })

  it('may lack the network, and is measured without traffic', async () => {
    const a = await startNode()
    const { peerWantLists, wantList } = bitswapOf(a)
    const slim = { peerWantLists, wantList }
    const host = await startHost({ a: bitswap({ helia: shownAs([{ name: 'bitswap', bitswap: slim }]) }) })
    const values = await host.read()
    expect(value(values, 'peers', 'a')).toBeUndefined()
    expect(value(values, 'max_debt_ratio', 'a')).toBeUndefined()
    expect(value(values, 'exchanges_total', 'a')).toBe(0)
    expect(host.log.join()).toContain(
      'bitswap.network (received traffic), bitswap.network.libp2p.dialProtocol (sent traffic and failed sends), bitswap.network.libp2p.getConnections (the peers and debts)',
    )
    expect(host.log).toHaveLength(1)
  })

  it('may have other ledgers, which is told when the first one is met', async () => {
    const [a, b] = [await startNode(), await startNode()]
    const host = await startHost({ a: bitswap({ helia: a }) })
    const { ledgerMap } = bitswapOf(a).peerWantLists
    const { get } = ledgerMap
    ledgerMap.get = (peer: unknown) => {
      const ledger = get.call(ledgerMap, peer)
      if (ledger !== undefined)
        Object.defineProperty(ledger, 'exchangeCount', { value: undefined, writable: true })
      return ledger
    }
    await exchange(a, b)
    const values = await quiet(host)
    expect(
      host.log.filter((line) => line.includes('ledger.exchangeCount (debts and exchanges)')),
    ).toHaveLength(1)
    expect(figures(values, 'a', 'sent')).toMatchObject({ blocks: 5 })
  })

  it('may hide its bitswap: the plugin is down and says why, until it is there', async () => {
    const node = await startNode()
    const broker: { name: string; bitswap?: object } = { name: 'bitswap' }
    const host = await startHost({ a: bitswap({ helia: shownAs([broker]) }) })
    expect(host.log).toHaveLength(1)
    expect(host.log[0]).toMatch(
      /could not find bitswap itself of this Helia: looked at the field bitswap of the block broker "bitswap", which was undefined, as known from helia 7\.1 with @helia\/bitswap 4\.0; update @tidegauge\/plugin-bitswap, or record with createBitswapRecorder\(\) and pass it as source; its last values are kept, and it is tried again$/,
    )
    expect(host.tidegauge.health().plugins).toMatchObject([
      { state: 'down', lastError: expect.stringMatching(/^could not find bitswap itself of this Helia/) },
    ])
    // counters exist all the same
    expect(figures(await host.read(), 'a', 'sent').messages).toBe(0)
    broker.bitswap = bitswapOf(node)
    const isUp = async () => {
      await host.read()
      return host.tidegauge.health().plugins[0].state
    }
    await expect.poll(isUp, { timeout: 10_000, interval: 100 }).toBe('up')
    expect(value(await host.read(), 'peers', 'a')).toBe(0)
  })

  it('may have no bitswap at all', async () => {
    const host = await startHost({ a: bitswap({ helia: shownAs([{ name: 'trustless-gateway' }]) }) })
    expect(host.log[0]).toContain(
      'this Helia has no bitswap: its block brokers are [trustless-gateway]; make it with withBitswap(…), or with createHelia',
    )
  })
})

describe('the way to the components', () => {
  const found = (helia: HeliaLike) => findBitswap(helia, askComponents(helia))

  it('may be closed: then the field of the node is looked at', () => {
    const instance = {}
    const closed = {
      addRouter: () => {
        throw new Error('no more routers')
      },
      blockBrokers: [{ name: 'bitswap', bitswap: instance }],
    }
    expect(found(closed)).toEqual({ bitswap: instance })
    expect(found({ addRouter: closed.addRouter })).toEqual({
      missing: expect.stringMatching(
        /^could not find the block brokers of this Helia: looked at helia\.addRouter\(factory\), components\.blockBrokers, which failed: .*no more routers/,
      ),
    })
  })

  it('may be gone: then it is said what is missing', async () => {
    const host = await startHost({ a: bitswap({ helia: { blockstore: {}, status: 'started' } as never }) })
    expect(host.log[0]).toContain(
      'could not find the block brokers of this Helia: looked at helia.addRouter(factory), components.blockBrokers, which failed: helia.addRouter is not a function, as known from helia 7.1 with @helia/bitswap 4.0; update',
    )
    expect(host.tidegauge.health().plugins).toMatchObject([{ state: 'down' }])
  })

  it('may be taken later: a factory that is called in the node’s start breaks nothing', () => {
    let factory: ((components: unknown) => { name: string }) | undefined
    const late: HeliaLike = { addRouter: (given) => (factory = given) }
    const answer = askComponents(late)
    expect('missing' in findBitswap(late, answer)).toBe(true)
    const instance = {}
    expect(factory!({ blockBrokers: [{ name: 'bitswap', bitswap: instance }] })).toEqual({
      name: 'tidegauge-probe',
    })
    expect(findBitswap(late, answer)).toEqual({ bitswap: instance })
  })
})
