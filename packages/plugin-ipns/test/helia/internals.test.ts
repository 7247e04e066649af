import type { KadDHT } from '@libp2p/kad-dht'
import { createManualClock, startTestHost, until } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { internals } from '../../src/helia/internals.js'
import { ShapeCheck } from '../../src/helia/shape-check.js'
import { nodeOf } from '../../src/helia/shapes.js'
import { ipns } from '../../src/index.js'
import { all, createNode, createPair, dhtOf, HOUR_MS, nameOf, value } from '../support/nodes.js'
import type { Name, Node } from '../support/nodes.js'
import { hideRouter, lacking, routersOf, without } from '../support/lacking.js'
import {
  backoff,
  healthOf,
  nextAttempt,
  published,
  publishFailed,
  putsOf,
  refreshed,
  running,
  tracked,
  valuesOf,
} from '../support/series.js'

function rename(object: object, text: string): void {
  Object.defineProperty(object, 'toString', { value: () => text, configurable: true })
}

describe('the installed version of Helia', () => {
  it('has every internal of the table', async () => {
    const name = nameOf(await createNode())
    const node = nodeOf(name, undefined)
    expect(internals.filter((internal) => !internal.isThere(node))).toEqual([])
    const shape = new ShapeCheck(node)
    expect([shape.check(), shape.problem]).toEqual([true, undefined])
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

it.each(internals.map(({ path, feeds }) => [path, feeds]))(
  '%s is reported when it is missing',
  async (path, feeds) => {
    const node = await createNode()
    const shape = new ShapeCheck(lacking[path](nameOf(node), node))
    shape.check()
    expect(shape.problem).toContain('this node lacks what is known from helia ^7.0.0, @helia/ipns ^10.1.0')
    expect(shape.problem).toContain(`${path} (${feeds})`)
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
    hideRouter(name, 0, 'LocalStoreRouting()')
    hideRouter(name, 1, 'HeliaRouting()')
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
  ])('marks the plugin down when it hides %s, and no result is counted (issue 10)', async (path, index) => {
    const name = nameOf(await createNode())
    hideRouter(name, index, 'Opaque()')
    const clock = createManualClock(Date.now())
    const host = await startTestHost(ipns({ name }), { clock })
    await name.publish('one', value)
    await clock.advance(31_000)
    expect(await valuesOf(host, putsOf('Opaque', 'success'), published)).toEqual([undefined, undefined])
    expect(healthOf(host).state).toBe('down')
    expect(healthOf(host).lastError).toMatch(
      new RegExp(`^plugin "ipns": this node lacks .*; nothing is exported.*; it lacks ${path} \\([^)]+\\)$`),
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
        'plugin "ipns": this node lacks what is known from helia ^7.0.0, @helia/ipns ^10.1.0, libp2p ^3.0.0, @libp2p/kad-dht ^16.0.0; the rest is exported; install these versions, update @tidegauge/plugin-ipns, or record with createIpnsRecorder() and pass it as source; it lacks name.started (republisher state, next attempts)',
    })
    const logged = host.log.filter((line) => line.includes('update @tidegauge/plugin-ipns'))
    expect(logged.filter((line) => line.startsWith('error'))).toHaveLength(1)
    expect(logged.filter((line) => line.startsWith('warn'))).toEqual([])
  })

  it('marks the plugin down when it hides the local store, and nothing is exported (issue 10)', async () => {
    const [a] = await createPair()
    const name = nameOf(a)
    const clock = createManualClock(Date.now())
    const host = await startTestHost(ipns({ name: without(name, 'localStore'), recordsMaxAgeMs: 0 }), {
      clock,
    })
    await name.publish('one', value)
    await clock.advance(31_000)
    const values = await valuesOf(host, tracked, published, running)
    expect(values).toEqual([undefined, undefined, undefined])
    expect(healthOf(host).lastError).toMatch(
      /it lacks name\.localStore\.list \([^)]+\), name\.localStore\.put /,
    )
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

  it('marks the plugin down when it hides the routers of Helia: what resolves was not always taken (issue 10)', async () => {
    const node = await createNode()
    const name = nameOf(node)
    const clock = createManualClock(Date.now())
    const router = { put: () => Promise.resolve(), toString: () => 'HeliaRouting()' }
    name.routers.splice(1, 1, router as never)
    const host = await startTestHost(ipns({ name, helia: { datastore: node.datastore } }), { clock })
    await name.publish('one', value)
    await clock.advance(31_000)
    const values = await valuesOf(host, published, putsOf('HeliaRouting', 'success'))
    expect(values).toEqual([undefined, undefined])
    expect(healthOf(host).lastError).toContain('helia.routing.routers (results by router of Helia)')
  })
})
