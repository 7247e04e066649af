import { ping } from '@libp2p/ping'
import { startTestHost } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { bitswap } from '../../src/index.js'
import { privateDht } from '../support/dht-nodes.js'
import { createNode, makeBlock, startNode, type TestNode } from '../support/nodes.js'

const failures = 'libp2p_bitswap_advertisements_total{target="dht",result="failure",node="a"}'
const lastAttempt = 'libp2p_bitswap_advertisement_last_attempt_timestamp{node="a"}'

/** Resolves, although there is no peer that could accept the record. */
async function provide(node: TestNode): Promise<void> {
  await node.routing.provide((await makeBlock(10)).cid, { signal: AbortSignal.timeout(5_000) })
}

describe('advertisements of the node', () => {
  it('are counted, also after it was stopped and started again, and not after the plugin has stopped', async () => {
    const node = await startNode({}, { dht: privateDht(), ping: ping() })
    const own = () => Reflect.ownKeys(node.libp2p.services.dht.contentRouting).length
    const before = own()
    const host = await startTestHost({ a: bitswap({ helia: node }) })
    expect((await host.read()).has(lastAttempt)).toBe(false)
    await provide(node)
    const values = await host.read()
    expect(values.get(failures)).toBe(1)
    expect(values.get(lastAttempt)).toBeGreaterThan(Date.now() / 1000 - 60)
    await node.stop()
    expect(own()).toBe(before)
    await node.start()
    await provide(node)
    await expect.poll(async () => (await host.read()).get(failures), { timeout: 10_000 }).toBe(2)
    await host.tidegauge.stop()
    expect(own()).toBe(before)
  })

  it('are counted from the start of a node that had not started, without a collect pass in between', async () => {
    const node = createNode({}, { dht: privateDht(), ping: ping() })
    const host = await startTestHost({ a: bitswap({ helia: node }) })
    await node.start()
    await provide(node)
    await expect.poll(async () => (await host.read()).get(failures), { timeout: 10_000 }).toBe(1)
  })
})
