import { until } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { framed } from '../support/bytes.js'
import { traffic, readWhenQuiet, value } from '../support/values.js'
import { BitswapMessage, BlockPresenceType, WantType } from '../support/message.js'
import { bitswapOf, fetchBlock, makeBlock, putBlocks, startPair, type TestNode } from '../support/nodes.js'

/** Sends one message over a stream of its own, as bitswap does. */
async function sendByHand(from: TestNode, to: TestNode, message: object): Promise<void> {
  const stream = await from.libp2p.dialProtocol(to.libp2p.peerId, '/ipfs/bitswap/1.2.0')
  stream.send(framed(BitswapMessage.encode(message)))
  await stream.close()
}

describe('presences', () => {
  it('are counted as HAVE for a block that is there, and as DONT_HAVE for one that is not', async () => {
    const { a, b, host } = await startPair()
    const { wantList } = bitswapOf(b)
    const ask = (cid: unknown) =>
      wantList.wantSessionPresence(cid, a.libp2p.peerId, { signal: AbortSignal.timeout(5_000) })
    const [large] = await putBlocks(a, 1, 5_000)
    expect(await ask(large)).toMatchObject({ has: true })
    expect(await ask((await makeBlock(5_000)).cid)).toMatchObject({ has: false })
    expect(await ask((await makeBlock(5_000)).cid)).toMatchObject({ has: false })
    const values = await readWhenQuiet(host)
    const sent = traffic(values, 'a', 'sent')
    expect(sent).toEqual({ messages: 3, blocks: 0, bytes: 0, have: 1, dont_have: 2, wants: 0, cancels: 0 })
    expect(traffic(values, 'b', 'received')).toEqual(sent)
    expect(traffic(values, 'b', 'sent')).toMatchObject({ wants: 3 })
    expect(traffic(values, 'a', 'received')).toMatchObject({ wants: 3 })
  })

  it('of a block that no peer has are counted once for each peer', async () => {
    const { a, b, host } = await startPair()
    const { cid } = await makeBlock(100)
    const abort = new AbortController()
    const getting = fetchBlock(b, cid, abort.signal)
    await until(() => bitswapOf(a).peerWantLists.ledgerMap.size === 1, 'the want to arrive')
    const during = await readWhenQuiet(host)
    expect(traffic(during, 'a', 'sent').dont_have).toBe(1)
    expect(value(during, 'wantlist_size', 'b')).toBe(1)
    expect(value(during, 'oldest_want_age_seconds', 'b')).toBeGreaterThan(0.1)
    expect(value(during, 'oldest_want_age_seconds', 'b')).toBeLessThan(5)
    abort.abort()
    await expect(getting).rejects.toThrow(/Failed to load block|aborted/)
    const after = await readWhenQuiet(host)
    expect(value(after, 'wantlist_size', 'b')).toBe(0)
    expect(value(after, 'oldest_want_age_seconds', 'b')).toBe(0)
    expect(traffic(after, 'b', 'received').dont_have).toBe(1)
  })

  it('are counted in a session, which asks single peers and is in no wantlist', async () => {
    const { a, b, host } = await startPair()
    const [cid] = await putBlocks(a, 1, 3_000)
    const session = b.blockstore.createSession(cid, {
      providers: [a.libp2p.getMultiaddrs()[0]],
    })
    let bytes = 0
    for await (const chunk of session.get(cid, { signal: AbortSignal.timeout(5_000) }))
      bytes += chunk.byteLength
    session.close()
    expect(bytes).toBe(3_000)
    const values = await readWhenQuiet(host)
    expect(traffic(values, 'b', 'received')).toEqual(traffic(values, 'a', 'sent'))
    expect(traffic(values, 'a', 'sent')).toMatchObject({ blocks: 1, bytes: 3_000 })
    expect(traffic(values, 'b', 'sent').wants).toBe(1)
    expect(value(values, 'wantlist_size', 'b')).toBe(0)
  })
})

describe('every part of a message', () => {
  it('is counted equally by the sender and the receiver', async () => {
    const { a, b, host } = await startPair()
    const cids = await Promise.all(Array.from({ length: 6 }, async () => (await makeBlock(8)).cid.bytes))
    const { data } = await makeBlock(2_000)
    await sendByHand(b, a, {
      wantlist: {
        full: true,
        entries: [
          { cid: cids[0], priority: 1 },
          { cid: cids[1], priority: -1, wantType: WantType.WantHave, sendDontHave: false },
          { cid: cids[2], cancel: true },
          { cid: cids[3], cancel: true, wantType: WantType.WantBlock },
        ],
      },
      blocks: [
        { prefix: Uint8Array.of(1, 0x55, 0x12, 32), data },
        { prefix: Uint8Array.of(1, 0x55, 0x12, 32), data: new Uint8Array(1) },
      ],
      blockPresences: [
        { cid: cids[4], type: BlockPresenceType.HaveBlock },
        { cid: cids[5], type: BlockPresenceType.DoNotHaveBlock },
        { cid: cids[5], type: BlockPresenceType.DoNotHaveBlock },
      ],
      pendingBytes: 77,
    })
    const values = await readWhenQuiet(host)
    const expected = {
      messages: 1,
      blocks: 2,
      bytes: 2_001,
      have: 1,
      dont_have: 2,
      wants: 2,
      cancels: 2,
    }
    expect(traffic(values, 'b', 'sent')).toEqual(expected)
    expect(traffic(values, 'a', 'received')).toEqual(expected)
  })

  it('is not counted when the message cannot be decoded, which the sender reports (issue 10)', async () => {
    const { a, b, host } = await startPair()
    for (let i = 0; i < 2; i++) {
      const stream = await b.libp2p.dialProtocol(a.libp2p.peerId, '/ipfs/bitswap/1.2.0')
      stream.send(framed(Buffer.from([0x1a, 0x7f, 1, 2, 3])))
      await stream.close()
    }
    const values = await readWhenQuiet(host)
    expect(traffic(values, 'b', 'sent').messages).toBe(0)
    expect(traffic(values, 'a', 'received').messages).toBe(0)
    expect(host.tidegauge.health().plugins).toMatchObject([
      { state: 'up' },
      {
        state: 'down',
        lastError: expect.stringContaining(
          ': messages of bitswap 1.2.0 over /ipfs/bitswap/1.2.0 (sent traffic); the rest is exported',
        ),
      },
    ])
    expect(host.log).toHaveLength(1)
  })

  it('is not counted on streams of other protocols', async () => {
    const { a, b, host } = await startPair()
    await a.libp2p.handle('/not/bitswap/1.2.0', () => {})
    const stream = await b.libp2p.dialProtocol(a.libp2p.peerId, '/not/bitswap/1.2.0')
    expect(Object.hasOwn(stream, 'send')).toBe(false)
    stream.send(framed(BitswapMessage.encode({})))
    await stream.close()
    expect(traffic(await readWhenQuiet(host), 'b', 'sent').messages).toBe(0)
  })
})
