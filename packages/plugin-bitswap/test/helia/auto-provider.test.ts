import { ping } from '@libp2p/ping'
import { startTestHost } from '@tidegauge/testkit'
import { expect, it } from 'vitest'
import { bitswap, createAutoProvider, createBitswapRecorder } from '../../src/index.js'
import { connect, createPeer, privateDht } from '../support/dht-nodes.js'
import { createNode, makeBlock } from '../support/nodes.js'

const total = (target: string, result: string) =>
  `libp2p_bitswap_advertisements_total{target="${target}",result="${result}"}`

it('feeds what it skips into the plugin beside a Helia node, which counts what was advertised (issue 10)', async () => {
  const node = createNode({}, { dht: privateDht(), ping: ping() })
  const { advertisements } = createBitswapRecorder()
  const host = await startTestHost(bitswap({ helia: node, advertisements }))
  const provider = createAutoProvider({ routing: node.routing, advertisements, minIntervalMs: 3_600_000 })
  const unwatch = provider.watch(node.blockstore)
  await node.start()
  await connect(node.libp2p, await createPeer())
  const [one, two, three] = [await makeBlock(10), await makeBlock(10), await makeBlock(10)]
  await node.blockstore.put(one.cid, one.data)
  await node.blockstore.put(one.cid, one.data)
  // Helia stores only what is new of these
  const pairs = [two, one].map(({ cid, data }) => ({ cid, bytes: data }))
  for await (const _ of node.blockstore.putMany(pairs));
  await expect.poll(() => host.value(total('dht', 'success')), { timeout: 10_000 }).toBe(2)
  // what the application provides by itself is not left out
  await node.routing.provide(one.cid)
  await expect.poll(() => host.value(total('dht', 'success')), { timeout: 10_000 }).toBe(3)
  unwatch()
  await node.blockstore.put(three.cid, three.data)
  const values = await host.read()
  const counted = [...values].filter(([key, count]) => key.includes('advertisements_total') && count > 0)
  expect(Object.fromEntries(counted)).toEqual({ [total('dht', 'success')]: 3, [total('all', 'skipped')]: 1 })
  expect(host.tidegauge.health().plugins).toMatchObject([{ state: 'up' }])
  provider.stop()
})

it('may be the application’s own: the recorder’s advertisements are added to those of the node (issue 10)', async () => {
  const node = createNode({}, { dht: privateDht(), ping: ping() })
  const { advertisements } = createBitswapRecorder()
  const host = await startTestHost(bitswap({ helia: node, advertisements }))
  await node.start()
  await connect(node.libp2p, await createPeer())
  await node.routing.provide((await makeBlock(10)).cid)
  advertisements.attempt(Date.now() + 60_000)
  advertisements.success('dht', Date.now() + 61_000)
  advertisements.success('delegated', 5_000)
  advertisements.failure('delegated')
  advertisements.skip(3)
  await expect.poll(() => host.value(total('dht', 'success')), { timeout: 10_000 }).toBe(2)
  const values = host.current()
  expect(values.get(total('delegated', 'success'))).toBe(1)
  expect(values.get(total('delegated', 'failure'))).toBe(1)
  expect(values.get(total('all', 'skipped'))).toBe(3)
  const time = 'libp2p_bitswap_advertisement_last_'
  expect(values.get(`${time}success_timestamp{target="delegated"}`)).toBe(5)
  expect(values.get(`${time}success_timestamp{target="dht"}`)).toBeGreaterThan(Date.now() / 1000 + 50)
  expect(values.get(`${time}attempt_timestamp`)).toBeGreaterThan(Date.now() / 1000 + 50)
})

it('is not needed: what the reprovider of a node does not find due is skipped by nobody (issue 10)', async () => {
  const dht = privateDht({ reprovide: { interval: 100 } })
  const node = createNode({}, { dht, ping: ping() })
  const host = await startTestHost(bitswap({ helia: node }))
  await node.start()
  await connect(node.libp2p, await createPeer())
  let rounds = 0
  const { reprovider } = node.libp2p.services.dht
  reprovider.addEventListener('reprovide:end', () => void rounds++)
  await node.routing.provide((await makeBlock(10)).cid)
  rounds = 0
  await expect.poll(() => rounds, { timeout: 10_000 }).toBeGreaterThanOrEqual(3)
  await expect.poll(() => host.value(total('dht', 'success')), { timeout: 10_000 }).toBe(1)
  expect(host.current().get(total('all', 'skipped'))).toBe(0)
})
