import { startTestHost, until } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { bitswap } from '../../src/index.js'
import { bitswapOf, fetchBlock, makeBlock, startNode } from '../support/nodes.js'
import { createPeer } from '../support/dht-nodes.js'

const PEERS = 'libp2p_bitswap_peers'

describe('a peer', () => {
  it('that bitswap adds after it has gone is not counted', async () => {
    const [a, b] = [await startNode(), await startNode()]
    const host = await startTestHost(bitswap({ helia: a }))
    const abort = new AbortController()
    const wanting = fetchBlock(a, (await makeBlock(10)).cid, abort.signal).catch(() => 0)
    await until(() => bitswapOf(a).wantList.wants.size === 1, 'the want')
    // bitswap sends its wants to a new peer, and adds the peer after that
    const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const { dialProtocol } = a.libp2p
    a.libp2p.dialProtocol = async (...args: Parameters<typeof dialProtocol>) => {
      const stream = await dialProtocol.apply(a.libp2p, args)
      reached.resolve()
      await gate.promise
      return stream
    }
    await a.libp2p.dial(b.libp2p.getMultiaddrs())
    await reached.promise
    await b.stop()
    await until(() => a.libp2p.getConnections().length === 0, 'the end of the connection')
    gate.resolve()
    const { peers } = bitswapOf(a).wantList
    await until(() => peers.size === 1, 'bitswap to add the peer')
    expect(await host.value(PEERS)).toBe(0)
    expect(peers.size).toBe(1)
    abort.abort()
    await wanting
  })

  it('without bitswap that was connected when bitswap started is counted until it disconnects', async () => {
    const [node, plain] = [await startNode(), await createPeer({})]
    const host = await startTestHost(bitswap({ helia: node }))
    const itself = bitswapOf(node)
    await itself.stop()
    await node.libp2p.dial(plain.getMultiaddrs())
    await itself.start()
    expect(await host.value(PEERS)).toBe(1)
    await node.libp2p.hangUp(plain.peerId)
    await until(() => node.libp2p.getConnections().length === 0, 'the end of the connection')
    expect(await host.value(PEERS)).toBe(0)
    expect(itself.wantList.peers.size).toBe(1)
  })
})
