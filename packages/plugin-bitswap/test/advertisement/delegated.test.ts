import { contentRoutingSymbol } from '@libp2p/interface'
import { createManualClock } from '@tidegauge/testkit'
import { createHelia, type Router } from 'helia'
import type { CID } from 'multiformats/cid'
import { expect, it, onTestFinished } from 'vitest'
import { connect, createNode, createPeer, freshCid, quietOptions } from './support/nodes.js'
import { routingServer } from './support/routing-server.js'
import { watch } from './support/watching.js'

/** A router that really publishes to a server. */
class PublishingRouter implements Router {
  readonly name = 'publishing-router'
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async provide(cid: CID, options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    const response = await fetch(`${this.#url}/routing/v1/providers`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ Providers: [{ Schema: 'bitswap', Payload: { Keys: [cid.toString()] } }] }),
      signal: options.signal ?? null,
    })
    if (!response.ok) throw new Error(`status ${response.status}`)
  }
}

const nothing = { dht: [0, 0], delegated: [0, 0], skipped: 0 }

it('counts what a router publishes: taken, refused, hung up, aborted while it hangs', async () => {
  const server = await routingServer()
  const node = await createNode({})
  node.addRouter(new PublishingRouter(server.url))
  takeOutLibp2p(node)
  const clock = createManualClock()
  const { counts, tally } = watch(node, clock)
  const cid = await freshCid()
  await node.routing.provide(cid)
  expect(counts()).toEqual({ ...nothing, delegated: [1, 0] })
  expect(server.requests).toMatchObject([{ method: 'PUT', body: expect.stringContaining(cid.toString()) }])
  expect([tally.lastAttemptMs, tally.delegated.lastSuccessMs]).toEqual([clock.now(), clock.now()])
  const tookAt = clock.now()
  await clock.advance(1_000)
  server.answer = 'error'
  await expect(node.routing.provide(cid)).rejects.toThrow('status 500')
  expect(counts()).toEqual({ ...nothing, delegated: [1, 1] })
  expect([tally.lastAttemptMs, tally.delegated.lastSuccessMs]).toEqual([clock.now(), tookAt])
  server.answer = 'hang-up'
  await expect(node.routing.provide(cid)).rejects.toThrow('fetch failed')
  expect(counts()).toEqual({ ...nothing, delegated: [1, 2] })
  server.answer = 'hang'
  const abort = new AbortController()
  const hanging = node.routing.provide(cid, { signal: abort.signal })
  await expect.poll(() => server.requests.length).toBe(4)
  expect(counts()).toEqual({ ...nothing, delegated: [1, 2] })
  abort.abort()
  await expect(hanging).rejects.toThrow('aborted')
  expect(counts()).toEqual({ ...nothing, delegated: [1, 3] })
})

it('counts the DHT and a router of the same node apart, for one call', async () => {
  const server = await routingServer()
  server.answer = 'error'
  const node = await createNode()
  await connect(node.libp2p, await createPeer())
  const { counts } = watch(node)
  node.addRouter(() => new PublishingRouter(server.url))
  await expect(node.routing.provide(await freshCid())).rejects.toThrow('status 500')
  await expect.poll(counts).toEqual({ ...nothing, dht: [1, 0], delegated: [0, 1] })
})

it("counts nothing for Helia's own delegated router, which asks nobody, and tells so once", async () => {
  const server = await routingServer()
  const node = createHelia({
    http: {
      delegatedRouters: [server.url, `${server.url}/second`],
      recursiveGateways: ['http://127.0.0.1:9/'],
    },
    libp2p: { ...quietOptions({}), config: 'replace' },
  })
  await node.start()
  onTestFinished(async () => {
    await node.stop()
  })
  const { counts, told, tally } = watch(node)
  await node.routing.provide(await freshCid()).catch(() => {})
  expect(counts()).toEqual(nothing)
  expect(tally.lastAttemptMs).toBeUndefined()
  expect(told).toEqual([
    expect.stringMatching(/^router "delegated-http-router" has a provide that does nothing/),
  ])
  expect(server.requests).toEqual([])
})

it('counts content routers of libp2p that are no DHT', async () => {
  const server = await routingServer()
  const publishing = new PublishingRouter(server.url)
  const router = (provide: unknown) => () => ({ [contentRoutingSymbol]: { provide } })
  const node = await createPeer({
    writes: router((cid: CID) => publishing.provide(cid)),
    reads: router(async () => {}),
  })
  const { counts, told } = watch({ libp2p: node })
  await node.contentRouting.provide(await freshCid())
  expect(counts()).toEqual({ ...nothing, delegated: [1, 0] })
  expect(told).toEqual([expect.stringContaining('router "Object" has a provide that does nothing')])
})

it('hands through what a router gets and gives: this, arguments, values and errors, at once or later', async () => {
  const given: unknown[] = []
  const failure = new Error('at once')
  const router = {
    name: 'odd-router',
    provide(this: unknown, ...args: unknown[]): unknown {
      given.push(this, ...args)
      if (args[0] === 'fail') throw failure
      return args[0]
    },
  }
  const node = { routing: { routers: [router], addRouter() {} } }
  const before = Object.getOwnPropertyDescriptor(router, 'provide')
  const { counts, undo } = watch(node)
  expect(Object.getOwnPropertyDescriptor(router, 'provide')).not.toEqual(before)
  expect([router.provide.name, router.provide.length]).toEqual(['provide', 0])
  expect(router.provide('here', 2)).toBe('here')
  expect(given).toEqual([router, 'here', 2])
  expect(() => router.provide('fail')).toThrow(failure)
  expect(counts()).toEqual({ ...nothing, delegated: [1, 1] })
  await expect(router.provide(Promise.resolve('later'))).resolves.toBe('later')
  await expect(router.provide(Promise.reject(failure))).rejects.toBe(failure)
  expect(counts()).toEqual({ ...nothing, delegated: [2, 2] })
  undo.run()
  expect(Object.getOwnPropertyDescriptor(router, 'provide')).toEqual(before)
  router.provide('again')
  expect(counts()).toEqual({ ...nothing, delegated: [2, 2] })
})

it('hands through what adding a router returns, and watches a router that is there twice once', async () => {
  const router = { name: 'twice', provide: async (cid: unknown) => void String(cid) }
  const routers = [router, router]
  const routing = { routers, addRouter: (added: typeof router) => routers.push(added) }
  const { counts } = watch({ routing })
  expect(routing.addRouter(router)).toBe(3)
  await router.provide(1)
  expect(counts()).toEqual({ ...nothing, delegated: [1, 0] })
})

it('does not count what goes to a DHT a second time, whatever the router to libp2p is called', async () => {
  const node = await createNode()
  await connect(node.libp2p, await createPeer())
  class Renamed implements Router {
    readonly name: string
    readonly node = node.libp2p
    constructor(name: string) {
      this.name = name
    }
    provide(cid: CID): Promise<void> {
      return this.node.contentRouting.provide(cid)
    }
  }
  takeOutLibp2p(node)
  node.addRouter(new Renamed('from-before'))
  const { counts, told } = watch(node)
  node.addRouter(new Renamed('added-later'))
  await node.routing.provide(await freshCid())
  await expect.poll(counts).toEqual({ ...nothing, dht: [2, 0] })
  expect(told).toEqual(
    ['from-before', 'added-later'].map((name) =>
      expect.stringContaining(
        `router "${name}" holds the node's libp2p: what it provides is counted at the DHTs`,
      ),
    ),
  )
})

it('tells of a router that does not answer, and of its end', async () => {
  const server = await routingServer()
  server.answer = 'hang'
  const node = await createNode({})
  takeOutLibp2p(node)
  node.addRouter(new PublishingRouter(server.url))
  const clock = createManualClock()
  const { counts, told, undo } = watch(node, clock)
  const abort = new AbortController()
  const hanging = node.routing.provide(await freshCid(), { signal: abort.signal })
  await clock.advance(4 * 60_000)
  expect(told).toEqual([])
  await clock.advance(2 * 60_000)
  const line = 'a provide over router "publishing-router" has been open for 5 minutes without an answer'
  expect(told).toEqual([expect.stringContaining(line)])
  expect(counts()).toEqual(nothing)
  abort.abort()
  await expect(hanging).rejects.toThrow('aborted')
  expect(told.slice(1)).toEqual([
    'no provide over router "publishing-router" has been open for long any more',
  ])
  expect(counts()).toEqual({ ...nothing, delegated: [0, 1] })
  const left = node.routing.provide(await freshCid(), { signal: AbortSignal.timeout(500) })
  await expect.poll(() => clock.pending).toBe(1)
  undo.run()
  expect(clock.pending).toBe(0)
  await expect(left).rejects.toThrow('aborted')
  expect(told).toHaveLength(2)
})

/** Without a DHT, libp2p's router refuses every call, and Helia's routing with it. */
function takeOutLibp2p({ routing }: { routing: unknown }): void {
  const { routers } = routing as { routers: Router[] }
  routers.splice(
    routers.findIndex(({ name }) => name === 'libp2p-router'),
    1,
  )
}
