import { expect, it } from 'vitest'
import { systemClock } from '@tidegauge/core'
import { connect, createNode, createPeer, dhtOf, freshCid, inside } from '../../support/dht-nodes.js'
import { watch } from '../../support/watch.js'

const nothing = { dht: [0, 0], delegated: [0, 0], skipped: 0 }

it('restores the node exactly when it is detached, and leaves it working', async () => {
  const node = await createNode()
  await connect(node.libp2p, await createPeer())
  const publishing = { name: 'publishing', provide: async (cid: unknown) => void String(cid) }
  node.addRouter(publishing)
  const { contentRouting } = inside(dhtOf(node.libp2p))
  const changed = [node, node.routing, node.libp2p, contentRouting, publishing]
  const read = () => changed.map((object) => Object.getOwnPropertyDescriptors(object))
  const before = read()
  const listeners = node.events.listenerCount('start')
  const { detach, totals } = watch(node)
  const during = read()
  expect(before.flatMap((own, i) => changes(own, during[i] ?? {}))).toEqual([
    'addRouter',
    'provide',
    'provide',
  ])
  detach()
  const after = read()
  // one by one: libp2p's objects cannot be printed
  for (const [i, own] of before.entries()) expect(changes(own, after[i] ?? {})).toEqual([])
  expect(contentRouting.provide).toBe(Reflect.get(Object.getPrototypeOf(contentRouting), 'provide'))
  expect(publishing).toHaveProperty('provide', before[4]['provide'].value)
  expect(node.events.listenerCount('start')).toBe(listeners)
  await node.routing.provide(await freshCid())
  expect(totals()).toEqual(nothing)
})

/** The names of properties that were added, removed or changed. */
function changes(before: PropertyDescriptorMap, after: PropertyDescriptorMap): string[] {
  const keys = new Set([...Reflect.ownKeys(before), ...Reflect.ownKeys(after)])
  const parts = ['value', 'get', 'set', 'writable', 'enumerable', 'configurable'] as const
  return [...keys]
    .filter((key) => parts.some((part) => before[key]?.[part] !== after[key]?.[part]))
    .map(String)
}

it('counts once when it is attached twice, and again after it was detached', async () => {
  const node = await createNode()
  await connect(node.libp2p, await createPeer())
  node.addRouter({ name: 'publishing', provide: async (cid) => void String(cid) })
  const { totals, detach, watchAgain } = watch(node)
  watchAgain()
  await node.routing.provide(await freshCid())
  expect(totals()).toEqual({ ...nothing, dht: [1, 0], delegated: [1, 0] })
  detach()
  watchAgain()
  await node.routing.provide(await freshCid())
  expect(totals()).toEqual({ ...nothing, dht: [2, 0], delegated: [2, 0] })
})

it('lets two watchers of one node count separately, in whatever order they detach', async () => {
  const node = await createNode()
  await connect(node.libp2p, await createPeer())
  const first = watch(node)
  const second = watch(node)
  await node.routing.provide(await freshCid())
  first.detach()
  await node.routing.provide(await freshCid())
  second.detach()
  await node.routing.provide(await freshCid())
  expect([first.totals().dht, second.totals().dht]).toEqual([
    [1, 0],
    [2, 0],
  ])
})

it('counts what is in progress to its end when it is detached', async () => {
  const node = await createNode()
  await connect(node.libp2p, await createPeer())
  const { detach, totals } = watch(node)
  const providing = node.routing.provide(await freshCid())
  detach()
  await providing
  expect(totals()).toEqual({ ...nothing, dht: [1, 0] })
})

it('makes a problem of what another version lacks, and counts the rest (issue 10)', async () => {
  const node = await createNode()
  await connect(node.libp2p, await createPeer())
  Object.defineProperty(node.routing, 'addRouter', { value: undefined, configurable: true })
  const { totals, log, shape, watchAgain } = watch(node)
  watchAgain()
  await node.routing.provide(await freshCid())
  expect(totals()).toEqual({ ...nothing, dht: [1, 0] })
  expect(shape.problem).toMatch(
    /^this node lacks [^:]+: helia\.routing\.addRouter \(advertisements by routers that are added later\); the rest/,
  )
  expect(log).toEqual([])
})

it('logs a router that cannot be watched, and watches the others', async () => {
  const frozen = Object.freeze({ name: 'frozen', provide: async (cid: unknown) => void String(cid) })
  const open = { name: 'open', provide: async (cid: unknown) => void String(cid) }
  const { totals, log, detach } = watch({
    routing: { routers: [null, 7, { name: 'probe' }, frozen, open], addRouter() {} },
  })
  await Promise.all([frozen.provide(1), open.provide(1)])
  expect(totals()).toEqual({ ...nothing, delegated: [1, 0] })
  expect(log).toEqual([expect.stringMatching(/^attaching to router "frozen" failed: TypeError/)])
  detach()
})

it.each([
  ['nothing', {}],
  [
    'properties that throw',
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
])('accepts a node of %s', (_, node) => {
  const { totals } = watch(node)
  expect(totals()).toEqual(nothing)
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
  watch(node, broken)
  await expect(node.routing.provide(await freshCid())).resolves.toBeUndefined()
})
