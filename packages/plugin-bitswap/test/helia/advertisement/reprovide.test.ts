import type { Libp2p } from '@libp2p/interface'
import { expect, it } from 'vitest'
import {
  connect,
  createNode,
  createPeer,
  dhtOf,
  freshCid,
  inside,
  privateDht,
} from '../../support/dht-nodes.js'
import { watch } from '../../support/watch.js'

const HOUR_MS = 3_600_000

it('counts what the reprovider provides again, and not what is not due yet: no auto-provider skipped it (issue 10)', async () => {
  const peer = await createPeer()
  // 48 hours of validity, provided again when fewer than 24 are left: the defaults
  const node = await createNode({ dht: privateDht({ reprovide: { interval: 300 } }) })
  await connect(node.libp2p, peer)
  const { reprovider } = inside(dhtOf(node.libp2p))
  reprovider.stop()
  await record(node.libp2p, node.libp2p, 1)
  await record(node.libp2p, node.libp2p, 23)
  await record(node.libp2p, node.libp2p, 25)
  await record(node.libp2p, peer, 1)
  await record(node.libp2p, peer, 25)
  const { totals } = watch(node)
  const rounds = countRounds(node.libp2p)
  reprovider.start()
  await expect.poll(rounds, { timeout: 10_000 }).toBeGreaterThanOrEqual(2)
  await expect.poll(() => totals().dht, { timeout: 10_000 }).toEqual([1, 0])
  expect(totals()).toEqual({ dht: [1, 0], delegated: [0, 0], skipped: 0 })
})

it('counts a failure for own records that have expired when no peer accepts them', async () => {
  const node = await createNode({ dht: privateDht({ reprovide: { interval: 200 } }) })
  const { reprovider } = inside(dhtOf(node.libp2p))
  reprovider.stop()
  await record(node.libp2p, node.libp2p, 60)
  const { totals } = watch(node)
  const rounds = countRounds(node.libp2p)
  reprovider.start()
  // the failed provide has given the record a new date: it is not due in the next rounds, and no peer has it
  await expect.poll(rounds, { timeout: 10_000 }).toBeGreaterThanOrEqual(3)
  expect(totals().dht).toEqual([0, 1])
})

it('counts a user and the reprovider separately when both provide the same', async () => {
  const peer = await createPeer()
  // everything is due in every round
  const node = await createNode({
    dht: privateDht({ reprovide: { interval: 100, threshold: 49 * HOUR_MS } }),
  })
  await connect(node.libp2p, peer)
  let received = 0
  const handler = inside(dhtOf(peer)).rpc.handlers['ADD_PROVIDER']
  const handle = handler.handle.bind(handler)
  handler.handle = async (...args) => {
    received++
    return handle(...args)
  }
  const { totals } = watch(node)
  await node.routing.provide(await freshCid())
  await expect.poll(() => received, { timeout: 10_000 }).toBeGreaterThanOrEqual(3)
  inside(dhtOf(node.libp2p)).reprovider.stop()
  await expect.poll(() => totals().dht[0], { timeout: 10_000 }).toBe(received)
  expect(totals().skipped).toBe(0)
})

/** Writes a provider record of a given age into the node's datastore, as its DHT would. */
async function record(node: Libp2p<any>, of: Libp2p<any>, ageHours: number): Promise<void> {
  const { providers } = dhtOf(node) as unknown as {
    providers: { addProvider(cid: unknown, peer: unknown, options: { time: Date }): Promise<void> }
  }
  await providers.addProvider(await freshCid(), of.peerId, {
    time: new Date(Date.now() - ageHours * HOUR_MS),
  })
}

/** Counts the rounds of the reprovider from now on. */
function countRounds(node: Libp2p<any>): () => number {
  let rounds = 0
  inside(dhtOf(node)).reprovider.addEventListener('reprovide:end', () => void rounds++)
  return () => rounds
}
