import { expect, it } from 'vitest'
import { UndoList } from '@tidegauge/attach'
import { LogOnce, silentLogger, systemClock } from '@tidegauge/core'
import { AdvertisementTally } from '../../src/advertisement/tally.js'
import { watchAdvertisements } from '../../src/advertisement/watch.js'
import { connect, createNode, createPeer, dhtOf, freshCid, inside } from './support/nodes.js'
import { watch } from './support/watching.js'

const nothing = { dht: [0, 0], delegated: [0, 0], skipped: 0 }

it('leaves the node exactly as it was when it is taken off, and working', async () => {
  const node = await createNode()
  await connect(node.libp2p, await createPeer())
  const publishing = { name: 'publishing', provide: async (cid: unknown) => void String(cid) }
  node.addRouter(publishing)
  const { contentRouting, reprovider } = inside(dhtOf(node.libp2p))
  const touched = [node, node.routing, node.libp2p, contentRouting, reprovider, publishing]
  const look = () => touched.map((object) => Object.getOwnPropertyDescriptors(object))
  const before = look()
  const listeners = node.events.listenerCount('start')
  const { undo, counts } = watch(node)
  const during = look()
  expect(before.flatMap((own, i) => changes(own, during[i] ?? {}))).toEqual([
    'addRouter',
    'provide',
    'shouldReprovide',
    'provide',
  ])
  undo.run()
  const after = look()
  // one by one: libp2p's parts don't let themselves be printed
  for (const [i, own] of before.entries()) expect(changes(own, after[i] ?? {})).toEqual([])
  expect(contentRouting.provide).toBe(Reflect.get(Object.getPrototypeOf(contentRouting), 'provide'))
  expect(publishing).toHaveProperty('provide', before[5]['provide'].value)
  expect(node.events.listenerCount('start')).toBe(listeners)
  await node.routing.provide(await freshCid())
  expect(counts()).toEqual(nothing)
})

/** The names of properties that came, went or changed. */
function changes(before: PropertyDescriptorMap, after: PropertyDescriptorMap): string[] {
  const keys = new Set([...Reflect.ownKeys(before), ...Reflect.ownKeys(after)])
  const parts = ['value', 'get', 'set', 'writable', 'enumerable', 'configurable'] as const
  return [...keys]
    .filter((key) => parts.some((part) => before[key]?.[part] !== after[key]?.[part]))
    .map(String)
}

it('counts once when it is put on twice, and again after it was taken off', async () => {
  const node = await createNode()
  await connect(node.libp2p, await createPeer())
  node.addRouter({ name: 'publishing', provide: async (cid) => void String(cid) })
  const { tally, counts, undo, look } = watch(node)
  look()
  await node.routing.provide(await freshCid())
  expect(counts()).toEqual({ ...nothing, dht: [1, 0], delegated: [1, 0] })
  undo.run()
  const second = new UndoList()
  watchAdvertisements(
    node,
    tally,
    { clock: systemClock, logOnce: new LogOnce(), logger: silentLogger },
    second,
  )
  await node.routing.provide(await freshCid())
  expect(counts()).toEqual({ ...nothing, dht: [2, 0], delegated: [2, 0] })
  second.run()
})

it('lets two watchers of one node count by themselves, in whatever order they leave', async () => {
  const node = await createNode()
  await connect(node.libp2p, await createPeer())
  const first = watch(node)
  const second = watch(node)
  await node.routing.provide(await freshCid())
  first.undo.run()
  await node.routing.provide(await freshCid())
  second.undo.run()
  await node.routing.provide(await freshCid())
  expect([first.counts().dht, second.counts().dht]).toEqual([
    [1, 0],
    [2, 0],
  ])
})

it('counts what is under way to its end when it is taken off', async () => {
  const node = await createNode()
  await connect(node.libp2p, await createPeer())
  const { undo, counts } = watch(node)
  const providing = node.routing.provide(await freshCid())
  undo.run()
  await providing
  expect(counts()).toEqual({ ...nothing, dht: [1, 0] })
})

it('looks at a node again when it starts, and not after it was taken off', async () => {
  const node = await createNode(undefined, false)
  const stays = watch(node)
  const left = watch(node)
  left.undo.run()
  await node.start()
  await node.routing.provide(await freshCid())
  expect(stays.counts()).toEqual({ ...nothing, dht: [0, 1] })
  expect(left.counts()).toEqual(nothing)
  expect(stays.told).toEqual([])
})

it('relies on nothing that the installed versions do not have', async () => {
  const node = await createNode()
  const dht = inside(dhtOf(node.libp2p))
  expect(Reflect.get(dht, Symbol.toStringTag)).toBe('@libp2p/kad-dht')
  expect(dht.contentRouting.provide).toBeTypeOf('function')
  expect(dht.reprovider.shouldReprovide).toBeTypeOf('function')
  const { routers } = node.routing as unknown as { routers: { name: string }[] }
  expect(routers.map(({ name }) => name)).toEqual(['libp2p-router'])
  expect(Reflect.get(node.routing, 'addRouter')).toBeTypeOf('function')
  const inLibp2p = Reflect.get(node.libp2p.contentRouting, 'routers') as { dht?: unknown }[]
  // compared by hand: libp2p's parts don't let themselves be printed
  expect(inLibp2p.map((router) => router.dht === dht)).toEqual([true])
  expect(node.events.addEventListener).toBeTypeOf('function')
})

it('tells once, in words, what a newer version lacks, and counts the rest', async () => {
  const node = await createNode()
  await connect(node.libp2p, await createPeer())
  const dht = inside(dhtOf(node.libp2p))
  Object.defineProperty(dht.reprovider, 'shouldReprovide', { value: undefined, configurable: true })
  Object.defineProperty(node.routing, 'addRouter', { value: undefined, configurable: true })
  const { counts, told, look } = watch(node)
  look()
  await node.routing.provide(await freshCid())
  expect(counts()).toEqual({ ...nothing, dht: [1, 0] })
  expect(told).toEqual([
    'the routing of this Helia has no addRouter (known from helia 7): advertisements by routers that are added later are not counted; update this plugin',
    'a DHT of this node has no reprovider.shouldReprovide (known from @libp2p/kad-dht 16): the records that it leaves alone are not counted; update this plugin',
  ])
})

it('tells when a DHT shows no provide, or one without events, and does not disturb it', async () => {
  const shapes = [{}, { contentRouting: { provide: async () => 7 } }]
  const told: string[] = []
  for (const shape of shapes) {
    const dht = {
      [Symbol.toStringTag]: '@libp2p/kad-dht',
      ...shape,
      reprovider: { shouldReprovide: () => true },
    }
    const watcher = watch({ libp2p: { services: { dht } } })
    if ('contentRouting' in dht) expect(await (dht as any).contentRouting.provide()).toBe(7)
    told.push(...watcher.told)
  }
  expect(told).toEqual([
    'a DHT of this node has no contentRouting.provide (known from @libp2p/kad-dht 16): its advertisements are not counted; update this plugin',
    'a DHT of this node has no events of contentRouting.provide (known from @libp2p/kad-dht 16): its advertisements are not counted; update this plugin',
  ])
})

it('tells of a router that can not be watched, and watches the others', async () => {
  const frozen = Object.freeze({ name: 'frozen', provide: async (cid: unknown) => void String(cid) })
  const open = { name: 'open', provide: async (cid: unknown) => void String(cid) }
  const { counts, told, undo } = watch({
    routing: { routers: [null, 7, { name: 'probe' }, frozen, open], addRouter() {} },
  })
  await Promise.all([frozen.provide(1), open.provide(1)])
  expect(counts()).toEqual({ ...nothing, delegated: [1, 0] })
  expect(told).toEqual([expect.stringMatching(/^attaching to router "frozen" failed: TypeError/)])
  undo.run()
})

it.each([
  ['nothing', {}],
  [
    'what throws at every turn',
    new Proxy(
      {},
      {
        get: () => {
          throw new Error('no')
        },
      },
    ),
  ],
  [
    'services that throw',
    {
      libp2p: {
        get services() {
          throw new Error('no')
        },
      },
    },
  ],
])('takes a node of %s', (_, node) => {
  const { counts } = watch(node)
  expect(counts()).toEqual(nothing)
})

it('does not let a clock that throws disturb the node', async () => {
  const node = await createNode()
  await connect(node.libp2p, await createPeer())
  node.addRouter({ name: 'publishing', provide: async (cid) => void String(cid) })
  const broken = {
    ...systemClock,
    now: () => {
      throw new Error('no time')
    },
  }
  const tally = new AdvertisementTally()
  const undo = new UndoList()
  watchAdvertisements(node, tally, { clock: broken, logOnce: new LogOnce(), logger: silentLogger }, undo)
  await expect(node.routing.provide(await freshCid())).resolves.toBeUndefined()
  undo.run()
})
