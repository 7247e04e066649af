import type { KadDHT } from '@libp2p/kad-dht'
import { createManualClock } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { ipns } from '../src/index.js'
import { startHost, type TestHost } from './support/host.js'
import { all, createNode, dhtOf, nameOf, value, type Name, type Node } from './support/nodes.js'
import { backoff, published, publishFailed, putsOf, valuesOf } from './support/series.js'

function rename(object: object, text: string): void {
  Object.defineProperty(object, 'toString', { value: () => text, configurable: true })
}

function health(host: TestHost): { state: string; lastError?: string } {
  return host.tidegauge.health().plugins[0]
}

/** A router that shows nothing of what is behind it. */
function opaque(router: { put(...args: never[]): Promise<void> }, text: string): object {
  return { put: (...args: never[]) => router.put(...args), toString: () => text }
}

/** In each of them a record reaches the local store and no peer at all, which is no success. */
const newer: Record<string, (name: Name, node: Node) => void> = {
  'the local store has another name': (name) => rename(name.routers[0], 'DatastoreRouting()'),
  'the routing of Helia has another name': (name) => rename(name.routers[1], 'Helia()'),
  'the router for libp2p has another name': (_, node) => {
    const [router] = Reflect.get(node.routing, 'routers') as object[]
    Object.defineProperty(router, 'name', { value: 'p2p' })
  },
  'the DHT has another tag': (_, node) =>
    Object.defineProperty(dhtOf(node), Symbol.toStringTag, { value: '@libp2p/kad-dht-2' }),
  'the DHT is no service, but in a content router': (_, node) => {
    const dht = dhtOf(node)
    const routers = Reflect.get(node.libp2p.contentRouting, 'routers') as unknown[]
    routers.push({ dht, put: (...args: Parameters<KadDHT['put']>) => all(dht.put(...args)) })
    Reflect.deleteProperty(node.libp2p.services, 'dht')
  },
}

describe('a newer version of Helia', () => {
  it.each(Object.entries(newer))('is measured as before when %s', async (_, change) => {
    const node = await createNode()
    const name = nameOf(node)
    change(name, node)
    const host = await startHost(ipns({ name }))
    await name.publish('one', value)
    expect(await valuesOf(host, published, publishFailed, backoff)).toEqual([0, 1, 1])
    expect(health(host).state).toBe('up')
  })

  it.each([
    ['the local store in name.routers', 0],
    ['the routing of Helia in name.routers', 1],
  ])('is told in words when it hides %s, and the rest is served', async (what, index) => {
    const name = nameOf(await createNode())
    name.routers[index] = opaque(name.routers[index], 'Opaque()') as never
    const clock = createManualClock(Date.now())
    const host = await startHost(ipns({ name }), { clock })
    await name.publish('one', value)
    await clock.advance(31_000)
    expect(await valuesOf(host, putsOf('Opaque', 'success'))).toEqual([1])
    expect(health(host)).toMatchObject({
      state: 'down',
      lastError: `plugin "ipns": this plugin knows @helia/ipns 10.1.0 and needs ${what}`,
    })
  })

  it('is known by its texts where it hides what its routers lead to', async () => {
    const name = nameOf(await createNode({ dht: false }))
    name.routers[0] = opaque(name.routers[0], 'LocalStoreRouting()') as never
    name.routers[1] = opaque(name.routers[1], 'HeliaRouting()') as never
    const host = await startHost(ipns({ name }))
    await name.publish('one', value)
    expect(await valuesOf(host, published, publishFailed)).toEqual([0, 1])
    expect(health(host).state).toBe('up')
  })
})
