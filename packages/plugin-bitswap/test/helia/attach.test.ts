import { startTestHost, until } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { bitswap } from '../../src/index.js'
import { traffic, readWhenQuiet, value } from '../support/values.js'
import { listeners } from '../support/listeners.js'
import { bitswapOf, connect, fetchBlocks, putBlocks, startNode, type TestNode } from '../support/nodes.js'

/** The own properties of every object that the plugin might change. */
function picture(node: TestNode): unknown[] {
  const bitswapItself = bitswapOf(node)
  const { network, peerWantLists, wantList } = bitswapItself
  const { routing, blockBrokers } = node as any
  const objects = [
    node,
    routing,
    routing.routers,
    blockBrokers,
    node.libp2p,
    bitswapItself,
    network,
    peerWantLists,
    wantList,
    wantList.wants,
    peerWantLists.ledgerMap,
    ...peerWantLists.ledgerMap.values(),
  ]
  return objects.map((object) =>
    Reflect.ownKeys(object).map((key) => {
      const { value: own, get } = Object.getOwnPropertyDescriptor(object, key)!
      return [key, typeof own === 'function' ? own : typeof own, get]
    }),
  )
}

describe('a node that is busy', () => {
  it('is counted from the moment of attaching, and is not disturbed', async () => {
    const [a, b] = [await startNode(), await startNode()]
    await connect(b, a)
    await fetchBlocks(b, await putBlocks(a, 50, 1_000))
    const cids = await putBlocks(a, 2_000, 1_000)
    const fetching = fetchBlocks(b, cids, AbortSignal.timeout(15_000))
    const ledger = () => bitswapOf(a).peerWantLists.ledgerForPeer(b.libp2p.peerId)
    await until(() => ledger().sent > 200_000, 'traffic')
    const before = ledger()
    const host = await startTestHost({ a: bitswap({ helia: a }), b: bitswap({ helia: b }) })
    await fetching
    const values = await readWhenQuiet(host)
    const sent = traffic(values, 'a', 'sent')
    // sends in progress at that moment may have started before
    expect(sent.bytes).toBeGreaterThan(1_000_000)
    expect(sent.bytes).toBeLessThanOrEqual(ledger().sent - before.sent)
    expect(traffic(values, 'b', 'received').bytes).toBeGreaterThanOrEqual(sent.bytes)
    expect(value(values, 'exchanges_total', 'a')).toBe(ledger().exchanged - before.exchanged)
    expect(host.log).toEqual([])
  })

  it('is restored exactly, in the middle of its work, and continues to work', async () => {
    const [a, b] = [await startNode(), await startNode()]
    await connect(b, a)
    await fetchBlocks(b, await putBlocks(a, 5, 100))
    const before = [a, b].map((node) => [picture(node), listeners(node)])
    const host = await startTestHost({ a: bitswap({ helia: a }), b: bitswap({ helia: b }) })
    expect([a, b].map((node) => [picture(node), listeners(node)])).not.toEqual(before)
    const fetching = fetchBlocks(b, await putBlocks(a, 1_000, 2_000), AbortSignal.timeout(15_000))
    const received = async () => traffic(await host.read(), 'b', 'received').blocks
    await until(async () => (await received()) > 100, 'traffic')
    await host.tidegauge.stop()
    expect([a, b].map((node) => [picture(node), listeners(node)])).toEqual(before)
    for (const node of [a, b])
      for (const connection of node.libp2p.getConnections())
        for (const stream of connection.streams)
          expect(['send', 'sendData'].filter((name) => Object.hasOwn(stream, name))).toEqual([])
    await fetching
    await fetchBlocks(a, await putBlocks(b, 5, 100))
  })

  it('has its open streams restored when the plugin has stopped', async () => {
    const [a, b] = [await startNode(), await startNode()]
    await connect(a, b)
    const host = await startTestHost({ a: bitswap({ helia: a }) })
    const stream: any = await a.libp2p.dialProtocol(b.libp2p.peerId, '/ipfs/bitswap/1.2.0')
    const own = () => ['send', 'sendData'].filter((name) => Object.hasOwn(stream, name))
    const closeListeners = stream.listenerCount('close')
    expect(own()).toEqual(['send', 'sendData'])
    await host.tidegauge.stop()
    expect(own()).toEqual([])
    expect(stream.listenerCount('close')).toBe(closeListeners - 1)
    stream.send(Uint8Array.of(0))
    await stream.close()
    await until(() => stream.status === 'closed', 'the stream to close')
    expect(traffic(host.current(), 'a', 'sent').messages).toBe(0)
  })

  it('keeps its totals when the host stops and starts again', async () => {
    const [a, b] = [await startNode(), await startNode()]
    const host = await startTestHost({ a: bitswap({ helia: a }) })
    await connect(b, a)
    await fetchBlocks(b, await putBlocks(a, 5, 100))
    await readWhenQuiet(host)
    await host.tidegauge.stop()
    await fetchBlocks(b, await putBlocks(a, 5, 100))
    await host.tidegauge.start()
    await fetchBlocks(b, await putBlocks(a, 5, 100))
    const values = await readWhenQuiet(host)
    expect(traffic(values, 'a', 'sent')).toMatchObject({ blocks: 10, bytes: 1_000 })
    expect(value(values, 'exchanges_total', 'a')).toBe(
      traffic(values, 'a', 'sent').messages + traffic(values, 'a', 'received').messages,
    )
  })
})

describe('the node’s own calls', () => {
  it('have the same outcome as before', async () => {
    const [a, b] = [await startNode(), await startNode()]
    await startTestHost({ a: bitswap({ helia: a }) })
    await connect(a, b)
    const stream = await a.libp2p.dialProtocol(b.libp2p.peerId, '/ipfs/bitswap/1.2.0')
    expect(stream.protocol).toBe('/ipfs/bitswap/1.2.0')
    await stream.close()
    await expect(a.libp2p.dialProtocol(b.libp2p.peerId, '/ipfs/bitswap/9.9.9')).rejects.toMatchObject({
      name: 'UnsupportedProtocolError',
    })
    await expect(a.libp2p.dialProtocol(b.libp2p.peerId, undefined as never)).rejects.toMatchObject({
      name: 'InvalidParametersError',
    })
  })
})
