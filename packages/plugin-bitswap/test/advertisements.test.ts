import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { ping } from '@libp2p/ping'
import { describe, expect, it } from 'vitest'
import { bitswap } from '../src/index.js'
import { startHost } from '../../../tools/test/plugin-host.ts'
import { makeBlock, startNode } from './support/nodes.js'

const failures = 'libp2p_bitswap_advertisements_total{target="dht",result="failure",node="a"}'
const lastAttempt = 'libp2p_bitswap_advertisement_last_attempt_timestamp{node="a"}'

describe('advertisements of the node', () => {
  it('are counted, also when it was stopped and started again, and not after the plugin has stopped', async () => {
    const dht = kadDHT({
      protocol: '/lan/kad/1.0.0',
      clientMode: false,
      peerInfoMapper: passthroughMapper,
      initialQuerySelfInterval: 100,
      allowQueryWithZeroPeers: true,
    })
    const node = await startNode({}, { dht, ping: ping() })
    const own = () => Reflect.ownKeys(node.libp2p.services.dht.contentRouting).length
    const before = own()
    const host = await startHost({ a: bitswap({ helia: node }) })
    const provide = async () =>
      node.routing.provide((await makeBlock(10)).cid, { signal: AbortSignal.timeout(5_000) })
    expect((await host.read()).has(lastAttempt)).toBe(false)
    // resolved, though there is nobody who could have taken it
    await provide()
    const values = await host.read()
    expect(values.get(failures)).toBe(1)
    expect(values.get(lastAttempt)).toBeGreaterThan(Date.now() / 1000 - 60)
    await node.stop()
    expect(own()).toBe(before)
    await node.start()
    await provide()
    await expect.poll(async () => (await host.read()).get(failures), { timeout: 10_000 }).toBe(2)
    await host.tidegauge.stop()
    expect(own()).toBe(before)
  })
})
