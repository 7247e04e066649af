import { startTestHost, until } from '@tidegauge/testkit'
import { expect, it } from 'vitest'
import { bitswap } from '../../../src/index.js'
import { traffic, readWhenQuiet } from '../../support/values.js'
import { collectGarbage } from '../../support/garbage.js'
import { bitswapOf, connect, makeBlock, startNode, type TestNode } from '../../support/nodes.js'

const SENDS = 20

/** Asks a peer for blocks that it does not have, one message after the other, until each has been dialled for. */
async function ask(from: TestNode, to: TestNode, dials: readonly unknown[]): Promise<void> {
  for (let sent = 1; sent <= SENDS; sent++) {
    const { cid } = await makeBlock(10)
    const abort = new AbortController()
    const asking = bitswapOf(from)
      .wantList.wantSessionBlock(cid, to.libp2p.peerId, { signal: abort.signal })
      .catch(() => {})
    await until(() => dials.length === sent, `dial ${sent}`)
    abort.abort()
    await asking
  }
}

it('leaves streams of another shape as they are, and marks the plugin down (issue 10)', async () => {
  const [a, b] = [await startNode(), await startNode()]
  const host = await startTestHost({ a: bitswap({ helia: a }) })
  // a stream of libp2p 2, which has a sink in place of send
  const old = { protocol: '/ipfs/bitswap/1.2.0', status: 'open', sink: async () => {}, source: [] }
  const { getOwnPropertyNames } = Object
  const before = getOwnPropertyNames(old)
  const { dialProtocol } = Object.getPrototypeOf(a.libp2p) as { dialProtocol: unknown }
  expect(dialProtocol).not.toBe(a.libp2p.dialProtocol)
  await host.tidegauge.stop()
  a.libp2p.dialProtocol = async () => old as never
  await host.tidegauge.start()
  expect(await a.libp2p.dialProtocol(b.libp2p.peerId, '/ipfs/bitswap/1.2.0')).toBe(old)
  expect(getOwnPropertyNames(old)).toEqual(before)
  const values = await host.read()
  expect(traffic(values, 'a', 'sent').messages).toBe(0)
  expect(host.tidegauge.health().plugins).toMatchObject([
    {
      state: 'down',
      lastError: expect.stringContaining(
        'stream.send (sent traffic), stream.sendData (sent traffic), stream.writeBufferLength (sent traffic), stream.addEventListener (failed sends)',
      ),
    },
  ])
})

it('counts each stream that a peer at its limit resets at once as one failed send, and keeps none', async () => {
  const [a, b] = [await startNode(), await startNode({ maxInboundStreams: 0 })]
  const host = await startTestHost({ a: bitswap({ helia: a }) })
  await connect(a, b)
  const streams: WeakRef<object>[] = []
  const returned: string[] = []
  const { dialProtocol } = a.libp2p
  a.libp2p.dialProtocol = async (...args: Parameters<typeof dialProtocol>) => {
    const stream = await dialProtocol.apply(a.libp2p, args)
    returned.push(`${stream.status}, ${Object.hasOwn(stream, 'send') ? 'wrapped' : 'unchanged'}`)
    streams.push(new WeakRef(stream))
    return stream
  }
  await ask(a, b, returned)
  expect(returned).toEqual(Array(SENDS).fill('reset, unchanged'))
  const values = await readWhenQuiet(host)
  expect(values.get('libp2p_bitswap_send_failures_total{reason="stream",node="a"}')).toBe(SENDS)
  expect(values.get('libp2p_bitswap_send_failures_total{reason="dial",node="a"}')).toBe(0)
  expect(traffic(values, 'a', 'sent').messages).toBe(0)
  const alive = (): number => {
    collectGarbage()
    return streams.filter((stream) => stream.deref() !== undefined).length
  }
  await expect.poll(alive, { timeout: 10_000, interval: 100 }).toBe(0)
})
