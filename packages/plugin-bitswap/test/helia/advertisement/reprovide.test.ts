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

it('counts what the reprovider provides again, once, and what it skips in each round', async () => {
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
  const { totals, counts } = watch(node)
  const skippedByRound = afterRounds(node.libp2p, () => counts.skipped)
  reprovider.start()
  // the one that was provided again is not due in the second round
  await expect.poll(() => skippedByRound.slice(0, 2), { timeout: 10_000 }).toEqual([2, 5])
  await expect.poll(() => totals().dht, { timeout: 10_000 }).toEqual([1, 0])
  expect(totals().delegated).toEqual([0, 0])
})

it('counts own records that have expired as due, and a failure when no peer accepts them', async () => {
  const node = await createNode({ dht: privateDht({ reprovide: { interval: 200 } }) })
  const { reprovider } = inside(dhtOf(node.libp2p))
  reprovider.stop()
  await record(node.libp2p, node.libp2p, 60)
  const { totals, counts } = watch(node)
  const skippedByRound = afterRounds(node.libp2p, () => counts.skipped)
  reprovider.start()
  // the failed provide has given the record a new date: the reprovider skips it, and no peer has it
  await expect.poll(() => skippedByRound.slice(0, 2), { timeout: 10_000 }).toEqual([0, 1])
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

/** What `read` gives at the end of each round from now on. */
function afterRounds(node: Libp2p<any>, read: () => number): number[] {
  const readings: number[] = []
  inside(dhtOf(node)).reprovider.addEventListener('reprovide:end', () => readings.push(read()))
  return readings
}
