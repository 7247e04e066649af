import { createManualClock } from '@tidegauge/testkit'
import { expect, it } from 'vitest'
import {
  connect,
  createNode,
  createPeer,
  dhtOf,
  freshCid,
  inside,
  privateDht,
} from '../../support/dht-nodes.js'
import { watch } from '../../support/watch.js'

const nothing = { dht: [0, 0], delegated: [0, 0], skipped: 0 }

it('counts each way of providing once, as a success when a peer accepted the record', async () => {
  const node = await createNode()
  const peer = await createPeer()
  await connect(node.libp2p, peer)
  const clock = createManualClock()
  const { counts, totals, log } = watch(node, clock)
  const { libp2p, routing } = node
  await routing.provide(await freshCid())
  expect(totals()).toEqual({ ...nothing, dht: [1, 0] })
  await libp2p.contentRouting.provide(await freshCid())
  expect(totals()).toEqual({ ...nothing, dht: [2, 0] })
  for await (const _ of dhtOf(libp2p).provide(await freshCid()));
  expect(totals()).toEqual({ ...nothing, dht: [3, 0] })
  expect(counts.lastAttemptMs).toBe(clock.now())
  expect(counts.dht.lastSuccessMs).toBe(clock.now())
  expect(counts.delegated.lastSuccessMs).toBeUndefined()
  expect(log).toEqual([])
  expect(clock.pending).toBe(0)
})

it('counts one success for one provide, however many peers accepted the record', async () => {
  const node = await createNode()
  for (const peer of [await createPeer(), await createPeer()]) await connect(node.libp2p, peer)
  await expect.poll(() => inside(dhtOf(node.libp2p)).routingTable.size).toBe(2)
  const { totals } = watch(node)
  let taken = 0
  for await (const event of dhtOf(node.libp2p).provide(await freshCid()))
    if (event.name === 'PEER_RESPONSE' && event.messageName === 'ADD_PROVIDER') taken++
  expect(taken).toBe(2)
  expect(totals()).toEqual({ ...nothing, dht: [1, 0] })
})

it('counts a failure without a peer, though the call resolves', async () => {
  const node = await createNode()
  const clock = createManualClock()
  const { counts, totals } = watch(node, clock)
  await expect(node.routing.provide(await freshCid())).resolves.toBeUndefined()
  expect(totals()).toEqual({ ...nothing, dht: [0, 1] })
  expect(counts.lastAttemptMs).toBe(clock.now())
  expect(counts.dht.lastSuccessMs).toBeUndefined()
})

it('counts a failure for a call that is aborted before it starts', async () => {
  const node = await createNode()
  const { totals } = watch(node)
  const aborted = node.routing.provide(await freshCid(), { signal: AbortSignal.abort() })
  await expect(aborted).rejects.toThrow('aborted')
  expect(totals()).toEqual({ ...nothing, dht: [0, 1] })
})

it('counts a failure for a call that is aborted while it waits for a peer, and logs the long wait', async () => {
  const node = await createNode()
  const peer = await createPeer()
  await connect(node.libp2p, peer)
  const asked = Promise.withResolvers<void>()
  answerFindNode(peer, async () => {
    asked.resolve()
    await new Promise(() => {})
  })
  const clock = createManualClock()
  const { totals, log, detach } = watch(node, clock)
  const abort = new AbortController()
  const providing = node.routing.provide(await freshCid(), { signal: abort.signal })
  await asked.promise
  expect(totals()).toEqual(nothing)
  await clock.advance(5 * 60_000)
  const line = 'a provide over DHT "dht" has been open for 5 minutes without an answer'
  expect(log).toEqual([expect.stringContaining(line)])
  abort.abort()
  await providing.catch(() => {})
  expect(totals()).toEqual({ ...nothing, dht: [0, 1] })
  expect(log.slice(1)).toEqual(['no provide over DHT "dht" has been open for 5 minutes any more'])
  expect(clock.pending).toBe(0)
  const left = new AbortController()
  const leaving = node.routing.provide(await freshCid(), { signal: left.signal })
  await expect.poll(() => clock.pending).toBe(1)
  detach()
  expect(clock.pending).toBe(0)
  left.abort()
  await leaving.catch(() => {})
})

it('counts a failure when the only peer hangs up between its answer and the record', async () => {
  const node = await createNode()
  const peer = await createPeer()
  await connect(node.libp2p, peer)
  answerFindNode(peer, async () => {
    // answers, and takes no stream any more
    await peer.unhandle('/test/kad/1.0.0')
    setTimeout(() => void peer.stop(), 10)
  })
  const { totals } = watch(node)
  await expect(node.routing.provide(await freshCid())).resolves.toBeUndefined()
  expect(totals()).toEqual({ ...nothing, dht: [0, 1] })
})

it('counts a success when the caller aborts after a peer accepted the record', async () => {
  const node = await createNode()
  await connect(node.libp2p, await createPeer())
  const { totals } = watch(node)
  const abort = new AbortController()
  await node.routing
    .provide(await freshCid(), {
      signal: abort.signal,
      onProgress({ type, detail }: { type: string; detail: any }) {
        if (type.endsWith('peer-response') && detail.messageName === 'ADD_PROVIDER') abort.abort()
      },
    })
    .catch(() => {})
  expect(totals()).toEqual({ ...nothing, dht: [1, 0] })
})

it('counts a failure for a caller that leaves before a peer accepted the record, and nothing for one that requests nothing', async () => {
  const node = await createNode()
  await connect(node.libp2p, await createPeer())
  const { counts, totals } = watch(node)
  const dht = dhtOf(node.libp2p)
  const never = dht.provide(await freshCid())
  await never[Symbol.asyncIterator]().return?.()
  expect(totals()).toEqual(nothing)
  expect(counts.lastAttemptMs).toBeUndefined()
  for await (const event of dht.provide(await freshCid())) {
    expect(event.name).not.toBe('PEER_RESPONSE')
    break
  }
  expect(totals()).toEqual({ ...nothing, dht: [0, 1] })
})

it('counts a success for a caller that leaves after a peer accepted the record', async () => {
  const node = await createNode()
  await connect(node.libp2p, await createPeer())
  const { totals } = watch(node)
  for await (const event of dhtOf(node.libp2p).provide(await freshCid()))
    if (event.name === 'PEER_RESPONSE' && event.messageName === 'ADD_PROVIDER') break
  expect(totals()).toEqual({ ...nothing, dht: [1, 0] })
})

it('counts each of two DHTs separately, whatever the names of their services', async () => {
  const two = () => ({
    wide: privateDht({ protocol: '/wide/kad/1.0.0', datastorePrefix: '/wide' }),
    local: privateDht({ protocol: '/local/kad/1.0.0', datastorePrefix: '/local' }),
  })
  const node = await createNode(two())
  const peer = await createPeer({ local: two().local })
  await connect(node.libp2p, peer, 'local')
  const { totals, log } = watch(node)
  await node.routing.provide(await freshCid())
  expect(totals()).toEqual({ ...nothing, dht: [1, 1] })
  expect(log).toEqual([])
})

it('continues to count after a stop and a start of the node', async () => {
  const node = await createNode()
  const peer = await createPeer()
  await connect(node.libp2p, peer)
  const { totals, watchAgain } = watch(node)
  await node.routing.provide(await freshCid())
  await node.stop()
  await node.routing.provide(await freshCid()).catch(() => {})
  expect(totals()).toEqual({ ...nothing, dht: [1, 1] })
  await node.start()
  watchAgain()
  await connect(node.libp2p, peer)
  await node.routing.provide(await freshCid())
  expect(totals()).toEqual({ ...nothing, dht: [2, 1] })
})

/** A DHT of another version, in the services of a node. */
function otherDht(parts: object) {
  const dht = {
    [Symbol.toStringTag]: '@libp2p/kad-dht',
    ...(parts as { contentRouting: { provide(): any } }),
  }
  return { dht, node: { libp2p: { services: { dht } }, routing: { routers: [], addRouter() {} } } }
}

it('makes a problem of a DHT that has no provide, or one without events, and does not disturb it (issue 10)', async () => {
  const none = watch(otherDht({}).node)
  expect(none.shape.problem).toContain(
    ': dht.contentRouting.provide (advertisements over this DHT); the rest',
  )
  const { dht, node } = otherDht({ contentRouting: { provide: async () => 7 } })
  const { shape, totals, log } = watch(node)
  expect(shape.problem).toBeUndefined()
  expect(await dht.contentRouting.provide()).toBe(7)
  expect(shape.problem).toContain(
    ': events from provide of DHT "dht" (advertisements over this DHT); the rest',
  )
  expect(totals()).toEqual(nothing)
  expect(log).toEqual([])
})

it.each([
  ['without a name', { type: 1 }],
  ['that do not say what a peer answered', { name: 'PEER_RESPONSE', messageType: 2 }],
])('counts no failure for a DHT with events %s: it makes a problem of them (issue 10)', async (_, event) => {
  const provide = async function* () {
    yield event
  }
  const { dht, node } = otherDht({ contentRouting: { provide } })
  const { shape, totals } = watch(node)
  for await (const seen of dht.contentRouting.provide()) expect(seen).toBe(event)
  expect(totals()).toEqual(nothing)
  expect(shape.problem).toContain(': known events from provide of DHT "dht" (advertisements over this DHT)')
})

it('counts nothing, and logs nothing, for a node without a DHT', async () => {
  const node = await createNode({})
  const { totals, log } = watch(node)
  await expect(node.routing.provide(await freshCid())).rejects.toThrow('No content routers')
  expect(totals()).toEqual(nothing)
  expect(log).toEqual([])
})

/** Does something before a peer answers FIND_NODE. */
function answerFindNode(peer: Parameters<typeof dhtOf>[0], before: () => Promise<void>): void {
  const handler = inside(dhtOf(peer)).rpc.handlers['FIND_NODE']
  if (handler === undefined) throw new Error('no FIND_NODE handler')
  const handle = handler.handle.bind(handler)
  handler.handle = async (...args) => {
    await before()
    return handle(...args)
  }
}
