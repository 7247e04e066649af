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
} from './support/nodes.js'
import { watch } from './support/watching.js'

const nothing = { dht: [0, 0], delegated: [0, 0], skipped: 0 }

it('finds a DHT that is given as a content router only, and does not take it for a delegated one', async () => {
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
  const { counts } = watch({ libp2p: node })
  await node.contentRouting.provide(await freshCid()).catch(() => {})
  expect(counts()).toEqual({ ...nothing, dht: [0, 1] })
})

it('finds a DHT by its shape when its tag has changed', async () => {
  const node = await createNode()
  await connect(node.libp2p, await createPeer())
  Object.defineProperty(dhtOf(node.libp2p), Symbol.toStringTag, { value: '@libp2p/newer-dht' })
  const { counts } = watch(node)
  await node.routing.provide(await freshCid())
  expect(counts()).toEqual({ ...nothing, dht: [1, 0] })
})

it('does not take the content router of a DHT for a delegated one when it hides its DHT', async () => {
  const router = { provide: async (cid: unknown) => void String(cid) }
  const dht = {
    [Symbol.toStringTag]: '@libp2p/kad-dht',
    [contentRoutingSymbol]: router,
    contentRouting: { async *provide() {} },
    reprovider: { shouldReprovide: () => true },
  }
  const { counts, told } = watch({ libp2p: { services: { dht }, contentRouting: { routers: [router] } } })
  await router.provide(1)
  expect(counts()).toEqual(nothing)
  expect(told).toEqual([])
})
