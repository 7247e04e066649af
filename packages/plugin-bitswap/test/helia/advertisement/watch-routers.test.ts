import { contentRoutingSymbol } from '@libp2p/interface'
import { createManualClock } from '@tidegauge/testkit'
import { createHelia, type Router } from 'helia'
import type { CID } from 'multiformats/cid'
import { expect, it, onTestFinished } from 'vitest'
import { connect, createNode, createPeer, freshCid, quietOptions } from '../../support/dht-nodes.js'
import { routingServer } from '../../support/routing-server.js'
import { watch } from '../../support/watch.js'

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

it('counts what a router publishes: accepted, refused, hung up, aborted while it hangs', async () => {
  const server = await routingServer()
  const node = await createNode({})
  node.addRouter(new PublishingRouter(server.url))
  takeOutLibp2p(node)
  const clock = createManualClock()
  const { totals, counts } = watch(node, clock)
  const cid = await freshCid()
  await node.routing.provide(cid)
  expect(totals()).toEqual({ ...nothing, delegated: [1, 0] })
  expect(server.requests).toMatchObject([{ method: 'PUT', body: expect.stringContaining(cid.toString()) }])
  expect([counts.lastAttemptMs, counts.delegated.lastSuccessMs]).toEqual([clock.now(), clock.now()])
  const tookAt = clock.now()
  await clock.advance(1_000)
  server.answer = 'error'
  await expect(node.routing.provide(cid)).rejects.toThrow('status 500')
  expect(totals()).toEqual({ ...nothing, delegated: [1, 1] })
  expect([counts.lastAttemptMs, counts.delegated.lastSuccessMs]).toEqual([clock.now(), tookAt])
  server.answer = 'hang-up'
  await expect(node.routing.provide(cid)).rejects.toThrow('fetch failed')
  expect(totals()).toEqual({ ...nothing, delegated: [1, 2] })
  server.answer = 'hang'
  const abort = new AbortController()
  const hanging = node.routing.provide(cid, { signal: abort.signal })
  await expect.poll(() => server.requests.length).toBe(4)
  expect(totals()).toEqual({ ...nothing, delegated: [1, 2] })
  abort.abort()
  await expect(hanging).rejects.toThrow('aborted')
  expect(totals()).toEqual({ ...nothing, delegated: [1, 3] })
})

it('counts the DHT and a router of the same node separately for one call', async () => {
  const server = await routingServer()
  server.answer = 'error'
  const node = await createNode()
  await connect(node.libp2p, await createPeer())
  const { totals } = watch(node)
  node.addRouter(() => new PublishingRouter(server.url))
  await expect(node.routing.provide(await freshCid())).rejects.toThrow('status 500')
  await expect.poll(totals).toEqual({ ...nothing, dht: [1, 0], delegated: [0, 1] })
})

it("counts nothing for Helia's own delegated router, which sends nothing, and logs that once", async () => {
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
  const { totals, log, counts } = watch(node)
  await node.routing.provide(await freshCid()).catch(() => {})
  expect(totals()).toEqual(nothing)
  expect(counts.lastAttemptMs).toBeUndefined()
  expect(log).toEqual([
    expect.stringMatching(/^router "delegated-http-router" has a provide that does nothing/),
  ])
  expect(server.requests).toEqual([])
})

it('counts content routers of libp2p that are not a DHT', async () => {
  const server = await routingServer()
  const publishing = new PublishingRouter(server.url)
  const router = (provide: unknown) => () => ({ [contentRoutingSymbol]: { provide } })
  const node = await createPeer({
    writes: router((cid: CID) => publishing.provide(cid)),
    reads: router(async () => {}),
  })
  const { totals, log } = watch({ libp2p: node })
  await node.contentRouting.provide(await freshCid())
  expect(totals()).toEqual({ ...nothing, delegated: [1, 0] })
  expect(log).toEqual([expect.stringContaining('router "reads" has a provide that does nothing')])
})

it('passes on what a router receives and returns: this, arguments, values and errors, sync or async', async () => {
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
  const { totals, detach } = watch(node)
  expect(Object.getOwnPropertyDescriptor(router, 'provide')).not.toEqual(before)
  expect([router.provide.name, router.provide.length]).toEqual(['provide', 0])
  expect(router.provide('here', 2)).toBe('here')
  expect(given).toEqual([router, 'here', 2])
  expect(() => router.provide('fail')).toThrow(failure)
  expect(totals()).toEqual({ ...nothing, delegated: [1, 1] })
  await expect(router.provide(Promise.resolve('later'))).resolves.toBe('later')
  await expect(router.provide(Promise.reject(failure))).rejects.toBe(failure)
  expect(totals()).toEqual({ ...nothing, delegated: [2, 2] })
  detach()
  expect(Object.getOwnPropertyDescriptor(router, 'provide')).toEqual(before)
  router.provide('again')
  expect(totals()).toEqual({ ...nothing, delegated: [2, 2] })
})

it('passes on what adding a router returns, and watches a router that is listed twice once', async () => {
  const router = { name: 'twice', provide: async (cid: unknown) => void String(cid) }
  const routers = [router, router]
  const routing = { routers, addRouter: (added: typeof router) => routers.push(added) }
  const { totals } = watch({ routing })
  expect(routing.addRouter(router)).toBe(3)
  await router.provide(1)
  expect(totals()).toEqual({ ...nothing, delegated: [1, 0] })
})

it('does not count what goes to a DHT a second time, whatever the name of the router to libp2p', async () => {
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
  const { totals, log } = watch(node)
  node.addRouter(new Renamed('added-later'))
  await node.routing.provide(await freshCid())
  await expect.poll(totals).toEqual({ ...nothing, dht: [2, 0] })
  expect(log).toEqual(
    ['from-before', 'added-later'].map((name) =>
      expect.stringContaining(
        `router "${name}" has the node's libp2p in a field: what it provides is counted at the DHTs`,
      ),
    ),
  )
})

it('logs a router that does not answer, and its end', async () => {
  const server = await routingServer()
  server.answer = 'hang'
  const node = await createNode({})
  takeOutLibp2p(node)
  node.addRouter(new PublishingRouter(server.url))
  const clock = createManualClock()
  const { totals, log, detach } = watch(node, clock)
  const abort = new AbortController()
  const hanging = node.routing.provide(await freshCid(), { signal: abort.signal })
  await clock.advance(4 * 60_000)
  expect(log).toEqual([])
  await clock.advance(2 * 60_000)
  const line = 'a provide over router "publishing-router" has been open for 5 minutes without an answer'
  expect(log).toEqual([expect.stringContaining(line)])
  expect(totals()).toEqual(nothing)
  abort.abort()
  await expect(hanging).rejects.toThrow('aborted')
  expect(log.slice(1)).toEqual([
    'no provide over router "publishing-router" has been open for 5 minutes any more',
  ])
  expect(totals()).toEqual({ ...nothing, delegated: [0, 1] })
  const left = node.routing.provide(await freshCid(), { signal: AbortSignal.timeout(500) })
  await expect.poll(() => clock.pending).toBe(1)
  detach()
  expect(clock.pending).toBe(0)
  await expect(left).rejects.toThrow('aborted')
  expect(log).toHaveLength(2)
})

/** Without a DHT, libp2p's router refuses every call, and Helia's routing with it. */
function takeOutLibp2p({ routing }: { routing: unknown }): void {
  const { routers } = routing as { routers: Router[] }
  routers.splice(
    routers.findIndex(({ name }) => name === 'libp2p-router'),
    1,
  )
}
