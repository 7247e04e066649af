import { startTestHost, until } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { bitswap } from '../../src/index.js'
import { failedSends, traffic, contents, readWhenQuiet, value } from '../support/values.js'
import {
  bitswapOf,
  connect,
  delay,
  fetchBlock,
  fetchBlocks,
  makeBlock,
  putBlocks,
  startNode,
  type TestNode,
  startPair,
} from '../support/nodes.js'

/** Breaks the connection again and again while `b` fetches from `a`; returns how often, when all is fetched. */
async function fetchThrough(
  pair: { a: TestNode; b: TestNode },
  count: number,
  disconnect: () => Promise<void>,
) {
  const { a, b } = pair
  const cids = await putBlocks(a, count, 1_500)
  const progress = { isDone: false, breaks: 0 }
  const fetching = fetchBlocks(b, cids, AbortSignal.timeout(80_000)).finally(() => (progress.isDone = true))
  const breaking = async (): Promise<void> => {
    for (; !progress.isDone && progress.breaks < 8; progress.breaks++) {
      await delay(150)
      await disconnect()
    }
  }
  await Promise.all([fetching, breaking(), keepConnected(b, a, progress)])
  return progress.breaks
}

/** Dials again whenever no connection is open; one that is closing is still listed. */
async function keepConnected(from: TestNode, to: TestNode, progress: { isDone: boolean }): Promise<void> {
  while (!progress.isDone) {
    const connections = from.libp2p.getConnections(to.libp2p.peerId)
    if (!connections.some(({ status }) => status === 'open'))
      await from.libp2p.dial(to.libp2p.getMultiaddrs()).catch(() => {})
    await delay(20)
  }
}

describe('two nodes', () => {
  it(
    'agree on what was sent and received, to the byte, over 10,000 blocks and graceful disconnects',
    {
      timeout: 120_000,
    },
    async () => {
      const pair = await startPair()
      const { a, b, host } = pair
      const sizes = { blocks: 10_000, bytes: 15_000_000 }
      expect(await fetchThrough(pair, 10_000, () => a.libp2p.hangUp(b.libp2p.peerId))).toBeGreaterThan(2)
      const values = await readWhenQuiet(host)
      // the node that hangs up flushes what it sent: all of it arrives
      const sent = traffic(values, 'a', 'sent')
      expect(traffic(values, 'b', 'received')).toEqual(sent)
      expect(sent.blocks).toBeGreaterThanOrEqual(sizes.blocks)
      expect(sent.bytes).toBe(sent.blocks * 1_500)
      // what was on its way to the node that hung up is lost, and neither side can know it
      const [sentByB, receivedByA] = [traffic(values, 'b', 'sent'), traffic(values, 'a', 'received')]
      for (const part of contents) expect(receivedByA[part], part).toBeLessThanOrEqual(sentByB[part])
      expect(receivedByA.wants).toBeGreaterThanOrEqual(sizes.blocks)
    },
  )

  it('agree on the other direction when the node that asks hangs up', async () => {
    const pair = await startPair()
    const { a, b, host } = pair
    await fetchThrough(pair, 2_000, () => b.libp2p.hangUp(a.libp2p.peerId))
    const values = await readWhenQuiet(host)
    expect(traffic(values, 'a', 'received')).toEqual(traffic(values, 'b', 'sent'))
    const [sent, received] = [traffic(values, 'a', 'sent'), traffic(values, 'b', 'received')]
    for (const part of contents) expect(received[part], part).toBeLessThanOrEqual(sent[part])
    expect(received.blocks).toBeGreaterThanOrEqual(2_000)
  })

  it('never receive more than was sent when connections are aborted', async () => {
    const pair = await startPair()
    const { a, b, host } = pair
    let turn = 0
    const breaks = await fetchThrough(pair, 2_000, async () => {
      const [one, other] = turn++ % 2 === 0 ? [a, b] : [b, a]
      for (const connection of one.libp2p.getConnections(other.libp2p.peerId))
        connection.abort(new Error('cut'))
    })
    const values = await readWhenQuiet(host)
    for (const [from, to] of [
      ['a', 'b'],
      ['b', 'a'],
    ]) {
      const [sent, received] = [traffic(values, from, 'sent'), traffic(values, to, 'received')]
      for (const part of contents) expect(received[part], part).toBeLessThanOrEqual(sent[part])
      // missing is only what was on its way when a connection was cut: a few messages for each cut
      expect(sent.messages - received.messages).toBeLessThanOrEqual(breaks * 4)
    }
    expect(traffic(values, 'b', 'received').blocks).toBeGreaterThanOrEqual(2_000)
  })

  it('agree on every exchange without a disconnect, and the ledgers count the same', async () => {
    const { a, b, host } = await startPair()
    await fetchBlocks(b, await putBlocks(a, 500, 3_000))
    await fetchBlocks(a, await putBlocks(b, 100, 200))
    const values = await readWhenQuiet(host)
    for (const [from, to] of [
      ['a', 'b'],
      ['b', 'a'],
    ])
      expect(traffic(values, from, 'sent')).toEqual(traffic(values, to, 'received'))
    expect(traffic(values, 'a', 'sent')).toMatchObject({ blocks: 500, bytes: 1_500_000, wants: 100 })
    expect(traffic(values, 'b', 'sent')).toMatchObject({ blocks: 100, bytes: 20_000, wants: 500 })
    const ledger = bitswapOf(a).peerWantLists.ledgerForPeer(b.libp2p.peerId)
    expect(ledger).toMatchObject({ sent: 1_500_000, received: 20_000 })
    expect(value(values, 'exchanges_total', 'a')).toBe(ledger.exchanged)
    expect(values.get('libp2p_bitswap_max_debt_ratio{node="a"}')).toBe(ledger.value)
    expect(failedSends(values, 'a') + failedSends(values, 'b')).toBe(0)
  })

  it('agree on messages that are split because they are large', async () => {
    const [a, b] = [await startNode({ maxOutgoingMessageSize: 100_000 }), await startNode()]
    const host = await startTestHost({ a: bitswap({ helia: a }), b: bitswap({ helia: b }) })
    await connect(b, a)
    await fetchBlocks(b, await putBlocks(a, 64, 40_000))
    const values = await readWhenQuiet(host)
    const sent = traffic(values, 'a', 'sent')
    expect(sent).toEqual(traffic(values, 'b', 'received'))
    expect(sent).toMatchObject({ blocks: 64, bytes: 2_560_000 })
    expect(sent.messages).toBeGreaterThanOrEqual(32)
  })
})

describe('a send', () => {
  it('that reaches no peer is a failure and counts nothing else', async () => {
    const { a, b, host } = await startPair()
    const { cid } = await makeBlock(10)
    const { peerId } = b.libp2p
    await b.stop()
    await until(() => a.libp2p.getConnections().length === 0, 'the end of the connection')
    const wanting = bitswapOf(a).wantList.wantSessionBlock(cid, peerId, {
      signal: AbortSignal.timeout(2_000),
    })
    await expect(wanting).rejects.toThrow(/./)
    const values = await host.read()
    expect(values.get('libp2p_bitswap_send_failures_total{reason="dial",node="a"}')).toBe(1)
    expect(traffic(values, 'a', 'sent').messages).toBe(0)
  })

  it('that a reset interrupts is a failure and counts nothing else', async () => {
    const { a, b, host } = await startPair()
    const [cid] = await putBlocks(a, 1, 2_000_000)
    // the stream is cut when its first bytes have left
    const { dialProtocol } = a.libp2p
    let cuts = 0
    a.libp2p.dialProtocol = async (...args: Parameters<typeof dialProtocol>) => {
      const stream: any = await dialProtocol.apply(a.libp2p, args)
      const { sendData } = stream
      stream.sendData = (data: unknown) => {
        const result = sendData.call(stream, data)
        if (cuts++ === 0) queueMicrotask(() => stream.abort(new Error('cut')))
        return result
      }
      return stream
    }
    await expect(fetchBlock(b, cid, AbortSignal.timeout(1_500))).rejects.toThrow(/./)
    const values = await readWhenQuiet(host)
    expect(cuts).toBeGreaterThan(0)
    expect(values.get('libp2p_bitswap_send_failures_total{reason="stream",node="a"}')).toBe(1)
    expect(traffic(values, 'a', 'sent')).toMatchObject({ messages: 0, blocks: 0, bytes: 0 })
    expect(traffic(values, 'b', 'received')).toMatchObject({ messages: 0, blocks: 0, bytes: 0 })
    // the ledger counts it as sent
    expect(bitswapOf(a).peerWantLists.ledgerForPeer(b.libp2p.peerId).sent).toBe(2_000_000)
  })
})
