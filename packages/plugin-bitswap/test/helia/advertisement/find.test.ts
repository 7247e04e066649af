import { contentRoutingSymbol, type ContentRouting } from '@libp2p/interface'
import { createLibp2p } from 'libp2p'
import { expect, it, onTestFinished } from 'vitest'
import {
  connect,
  createNode,
  createPeer,
  dhtOf,
  freshCid,
  privateDht,
  quietOptions,
} from '../../support/dht-nodes.js'
import { watch } from '../../support/watch.js'

const nothing = { dht: [0, 0], delegated: [0, 0], skipped: 0 }

it('counts a DHT that is passed as a content router only, and not as a delegated router', async () => {
  const node = await createLibp2p({
    ...quietOptions({}),
    contentRouters: [
      (components) => {
        const dht = privateDht()(components as never)
        return Reflect.get(dht, contentRoutingSymbol) as ContentRouting
      },
    ],
  })
  onTestFinished(async () => {
    await node.stop()
  })
  const { totals } = watch({ libp2p: node })
  await node.contentRouting.provide(await freshCid()).catch(() => {})
  expect(totals()).toEqual({ ...nothing, dht: [0, 1] })
})

it('counts a DHT with another tag', async () => {
  const node = await createNode()
  await connect(node.libp2p, await createPeer())
  Object.defineProperty(dhtOf(node.libp2p), Symbol.toStringTag, { value: '@libp2p/newer-dht' })
  const { totals } = watch(node)
  await node.routing.provide(await freshCid())
  expect(totals()).toEqual({ ...nothing, dht: [1, 0] })
})

it('does not count the content router of a DHT as a delegated one when it hides its DHT', async () => {
  const router = { provide: async (cid: unknown) => void String(cid) }
  const dht = {
    [Symbol.toStringTag]: '@libp2p/kad-dht',
    [contentRoutingSymbol]: router,
    contentRouting: { async *provide() {} },
  }
  const { totals, log } = watch({ libp2p: { services: { dht }, contentRouting: { routers: [router] } } })
  await router.provide(1)
  expect(totals()).toEqual(nothing)
  expect(log).toEqual([])
})
