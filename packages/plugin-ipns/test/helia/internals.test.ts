import type { KadDHT } from '@libp2p/kad-dht'
import { createManualClock, startTestHost, until } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { internals, missingInternals } from '../../src/helia/internals.js'
import { nodeOf, type NodeLike } from '../../src/helia/shapes.js'
import { ipns } from '../../src/index.js'
import { all, createNode, createPair, dhtOf, HOUR_MS, nameOf, value } from '../support/nodes.js'
import type { Name, Node } from '../support/nodes.js'
import {
  backoff,
  healthOf,
  nextAttempt,
  published,
  publishFailed,
  putsOf,
  refreshed,
  running,
  runsMade,
  tracked,
  valuesOf,
} from '../support/series.js'

/** The same object without some properties. */
function without<T extends object>(object: T, ...hidden: string[]): T {
  return new Proxy(object, {
    get: (target, field) => (hidden.includes(String(field)) ? undefined : Reflect.get(target, field)),
  })
}

/** A router that does not show what is behind it. */
function opaque(router: { put(...args: never[]): Promise<void> }, text: string): object {
  return { put: (...args: never[]) => router.put(...args), toString: () => text }
}

function replaceRouter(name: Name, index: number, text: string): void {
  name.routers[index] = opaque(name.routers[index], text) as never
}

function rename(object: object, text: string): void {
  Object.defineProperty(object, 'toString', { value: () => text, configurable: true })
}

function routersOf(node: Node): object[] {
  return Reflect.get(node.routing, 'routers') as object[]
}

describe('the installed version of Helia', () => {
  it('has every internal of the table', async () => {
    const name = nameOf(await createNode())
    const node = nodeOf(name, undefined)
    expect(internals.filter((internal) => !internal.isThere(node))).toEqual([])
    expect(missingInternals(node)).toBeUndefined()
  })

  it('has them in the fields by which they are recognised', async () => {
    const node = await createNode()
    const name = nameOf(node)
    expect(Reflect.get(name, 'components')).toBe(node)
    expect(name.started).toBe(false)
    expect(name.routers.map(String)).toEqual(['LocalStoreRouting()', 'HeliaRouting()'])
    expect(Reflect.get(name.routers[0], 'localStore')).toBe(name.localStore)
    expect(Reflect.get(name.routers[1], 'routing')).toBe(node.routing)
    expect(routersOf(node)).toMatchObject([{ name: 'libp2p-router' }])
    expect(Reflect.get(routersOf(node)[0], 'libp2p')).toBe(node.libp2p)
    expect(Object.prototype.toString.call(dhtOf(node))).toBe('[object @libp2p/kad-dht]')
    const [router] = Reflect.get(node.libp2p.contentRouting, 'routers') as object[]
    expect(Reflect.get(router, 'dht')).toBe(dhtOf(node))
  })

  it('has a kad-dht that yields the answer of a peer with the record', async () => {
    const [node] = await createPair()
    const dht = dhtOf(node)
    const { put } = dht
    const puts: Uint8Array[] = []
    const events: object[] = []
    dht.put = async function* (...args) {
      puts.push(args[1])
      for await (const event of put.apply(dht, args)) {
        events.push(event)
        yield event
      }
    }
    await nameOf(node).publish('one', value)
    const isAnswer = (event: object): boolean =>
      Reflect.get(event, 'name') === 'PEER_RESPONSE' && Reflect.get(event, 'messageName') === 'PUT_VALUE'
    const answers = events
      .filter(isAnswer)
      .map((event) => (event as { record: { value: Uint8Array } }).record)
    expect(answers.map(({ value: stored }) => Buffer.compare(stored, puts[0]))).toEqual([0])
  })

  it('has a republisher that starts each run with the list of the local store', async () => {
    const name = nameOf(await createNode(), { republishInterval: 50 })
    const { list } = name.localStore
    const lists: unknown[] = []
    name.localStore.list = (options) => (lists.push(options), list.call(name.localStore, options))
    name.start()
    await until(() => lists.length > 1, 'the second run')
    expect(lists[0]).toMatchObject({ signal: expect.any(AbortSignal) })
  })
})

/** A node of a version of Helia that lacks one internal. */
const lacking: Record<string, (name: Name, node: Node) => NodeLike> = {
  'name.components.datastore': (name) => nodeOf(without(name, 'components'), undefined),
  'name.started': (name, node) => nodeOf(without(name, 'started'), node),
  'name.localStore.list': (name, node) => withoutInStore(name, node, 'list'),
  'name.localStore.put': (name, node) => withoutInStore(name, node, 'put'),
  'name.localStore.delete': (name, node) => withoutInStore(name, node, 'delete'),
  'the local store in name.routers': (name, node) => (name.routers.splice(0, 1), nodeOf(name, node)),
  'the routing of Helia in name.routers': (name, node) => (name.routers.splice(1, 1), nodeOf(name, node)),
  'helia.routing.routers': (name, node) => {
    replaceRouter(name, 1, 'HeliaRouting()')
    return nodeOf(name, without(node, 'routing'))
  },
  'helia.libp2p.services': (name, node) => {
    Object.assign(routersOf(node)[0], { libp2p: without(node.libp2p, 'services') })
    return nodeOf(name, node)
  },
  'helia.libp2p.contentRouting.routers': (name, node) => {
    Object.assign(routersOf(node)[0], { libp2p: without(node.libp2p, 'contentRouting') })
    return nodeOf(name, node)
  },
}

function withoutInStore(name: Name, node: Node, method: string): NodeLike {
  Object.assign(name.localStore, { [method]: undefined })
  return nodeOf(name, node)
}

it.each(internals.map(({ path, feeds }) => [path, feeds]))(
  '%s is reported when it is missing',
  async (path, feeds) => {
    const node = await createNode()
    expect(missingInternals(lacking[path](nameOf(node), node))).toContain(
      `this plugin knows @helia/ipns 10.1.0 and needs ${path} (${feeds}); the rest is exported`,
    )
  },
)

/** In each of them a record reaches the local store and no peer, which is not a success. */
const changes: Record<string, (name: Name, node: Node) => void> = {
  'the local store has another name': (name) => rename(name.routers[0], 'DatastoreRouting()'),
  'the routing of Helia has another name': (name) => rename(name.routers[1], 'Helia()'),
  'the router for libp2p has another name': (_, node) =>
    Object.defineProperty(routersOf(node)[0], 'name', { value: 'p2p' }),
  'the DHT has another tag': (_, node) =>
    Object.defineProperty(dhtOf(node), Symbol.toStringTag, { value: '@libp2p/kad-dht-2' }),
  'the DHT is not a service, but in a content router': (_, node) => {
    const dht = dhtOf(node)
    const routers = Reflect.get(node.libp2p.contentRouting, 'routers') as unknown[]
    routers.push({ dht, put: (...args: Parameters<KadDHT['put']>) => all(dht.put(...args)) })
    Reflect.deleteProperty(node.libp2p.services, 'dht')
  },
  'the first two routers do not show what is behind them': (name) => {
    replaceRouter(name, 0, 'LocalStoreRouting()')
    replaceRouter(name, 1, 'HeliaRouting()')
  },
}

describe('another version of Helia', () => {
  it.each(Object.entries(changes))('is measured as before when %s', async (_, change) => {
    const node = await createNode()
    const name = nameOf(node)
    change(name, node)
    const host = await startTestHost(ipns({ name }))
    await name.publish('one', value)
    expect(await valuesOf(host, published, publishFailed, backoff)).toEqual([0, 1, 1])
    expect(healthOf(host).state).toBe('up')
  })

  it.each([
    ['the local store in name.routers', 0],
    ['the routing of Helia in name.routers', 1],
  ])('marks the plugin down when it hides %s, and the rest is exported', async (path, index) => {
    const name = nameOf(await createNode())
    replaceRouter(name, index, 'Opaque()')
    const clock = createManualClock(Date.now())
    const host = await startTestHost(ipns({ name }), { clock })
    await name.publish('one', value)
    await clock.advance(31_000)
    expect(await valuesOf(host, putsOf('Opaque', 'success'))).toEqual([1])
    expect(healthOf(host).state).toBe('down')
    expect(healthOf(host).lastError).toMatch(
      new RegExp(
        `^plugin "ipns": this plugin knows @helia/ipns 10.1.0 and needs ${path} \\([^)]+\\); the rest`,
      ),
    )
  })

  it('marks the plugin down when it hides whether the republisher runs, and the rest is exported', async () => {
    const [a] = await createPair()
    const name = nameOf(a, { republishInterval: 50 })
    const clock = createManualClock(Date.now())
    const host = await startTestHost(ipns({ name: without(name, 'started') }), { clock })
    name.start()
    await name.publish('short', value, { lifetime: HOUR_MS })
    await expect.poll(async () => (await clock.advance(31_000), host.value(refreshed))).toBeGreaterThan(0)
    expect(await valuesOf(host, running, nextAttempt, tracked)).toEqual([undefined, undefined, 1])
    expect(healthOf(host)).toMatchObject({
      state: 'down',
      lastError:
        'plugin "ipns": this plugin knows @helia/ipns 10.1.0 and needs name.started (republisher state, next attempts); the rest is exported; update @tidegauge/plugin-ipns, or record with createIpnsRecorder() and pass it as source',
    })
    const logged = host.log.filter((line) => line.includes('update @tidegauge/plugin-ipns'))
    expect(logged.filter((line) => line.startsWith('error'))).toHaveLength(1)
    expect(logged.filter((line) => line.startsWith('warn'))).toEqual([])
  })

  it('marks the plugin down when it hides the local store, and refreshes are counted', async () => {
    const [a] = await createPair()
    const name = nameOf(a)
    const clock = createManualClock(Date.now())
    const host = await startTestHost(ipns({ name: without(name, 'localStore'), recordsMaxAgeMs: 0 }), {
      clock,
    })
    await name.publish('one', value)
    await clock.advance(31_000)
    expect(await valuesOf(host, tracked, published, running, runsMade)).toEqual([1, 1, 0, 0])
    expect(healthOf(host).lastError).toMatch(/needs name\.localStore\.list \([^)]+\), name\.localStore\.put /)
  })

  it('needs the node as an option when it hides that', async () => {
    const node = await createNode()
    const name = without(nameOf(node), 'components')
    const host = await startTestHost(ipns({ name }))
    expect(healthOf(host)).toMatchObject({ state: 'down' })
    expect(healthOf(host).lastError).toContain('pass the Helia node as the option helia')
    const withNode = await startTestHost(ipns({ name, helia: node }))
    expect(await withNode.value(tracked)).toBe(0)
    expect(healthOf(withNode).state).toBe('up')
  })

  it('marks the plugin down when it hides the routers of Helia, and what resolves counts as taken', async () => {
    const node = await createNode()
    const name = nameOf(node)
    const clock = createManualClock(Date.now())
    const router = { put: () => Promise.resolve(), toString: () => 'HeliaRouting()' }
    name.routers.splice(1, 1, router as never)
    const host = await startTestHost(ipns({ name, helia: { datastore: node.datastore } }), { clock })
    await name.publish('one', value)
    await clock.advance(31_000)
    expect(await valuesOf(host, published, putsOf('HeliaRouting', 'success'))).toEqual([1, 1])
    expect(healthOf(host).lastError).toContain('needs helia.routing.routers')
  })
})
