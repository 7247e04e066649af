import { startTestHost, type TestHost } from '@tidegauge/testkit'
import { ipns as createIpns } from '@helia/ipns'
import { createHeliaLight } from 'helia'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ipns } from '../../src/index.js'
import { ShapeCheck } from '../../src/helia/shape-check.js'
import { nodeOf } from '../../src/helia/shapes.js'
import { createNode, dhtOf, HOUR_MS, nameOf, value, type Node } from '../support/nodes.js'
import { lacking } from '../support/lacking.js'
import { taking } from '../support/refreshing.js'
import { healthOf, published, publishFailed, putsOf, tracked, valuesOf } from '../support/series.js'

const VERSIONS = 'helia ^7.0.0, @helia/ipns ^10.1.0, libp2p ^3.0.0, @libp2p/kad-dht ^16.0.0'
const WHAT_TO_DO =
  'install these versions, update @tidegauge/plugin-ipns, or record with createIpnsRecorder() and pass it as source'

const NOTHING = 'nothing is exported, because values would be wrong'

/** Everything that is exported of a node, apart from the totals of runs, which start at zero by themselves. */
async function exportedBy(host: TestHost): Promise<[string, number][]> {
  return [...(await host.read())].filter(([series]) => !series.startsWith('libp2p_ipns_republisher_runs'))
}

/** Waits until the plugin is read again: one that is down is read less often. */
async function collectAgain(host: TestHost, ...series: string[]): Promise<(number | undefined)[]> {
  await host.tidegauge.stop()
  await host.tidegauge.start()
  return valuesOf(host, ...series)
}

/** What decides whether the values are right. */
const required = [
  'name.localStore.list',
  'the local store in name.routers',
  'the routing of Helia in name.routers',
  'helia.routing.routers',
  'helia.libp2p.services',
  'helia.libp2p.contentRouting.routers',
]

describe('a version of Helia that lacks what decides about the values', () => {
  it.each(required)('such as %s, marks the plugin down, and nothing is exported (issue 10)', async (path) => {
    const node = await createNode()
    const real = nameOf(node)
    const { name, helia } = lacking[path](real, node)
    const host = await startTestHost(ipns({ name, helia: helia as Node }))
    await real.publish('one', value, { lifetime: HOUR_MS }).catch(() => {})
    real.start()
    await host.tidegauge.stop()
    await host.tidegauge.start()
    expect(await exportedBy(host)).toEqual([])
    const { state, lastError = '' } = healthOf(host)
    expect(state).toBe('down')
    expect(lastError).toContain(`plugin "ipns": this node lacks what is known from ${VERSIONS}; ${NOTHING}; `)
    expect(lastError).toContain(`; ${WHAT_TO_DO}; it lacks ${path} (`)
  })

  it('such as 8.2, names all of it, with and without the option helia (issue 10)', async () => {
    const node = await createNode()
    const [, routing] = nameOf(node).routers
    // as `DefaultIPNS` of @helia/ipns 8.2.4: no metadata, and the local store is no router
    const [put, get] = [() => Promise.resolve(), () => Promise.reject(new Error('not here'))]
    const old = {
      routers: [routing],
      localStore: { put, get, has: () => Promise.resolve(false), delete: put },
      publish: (key: Uint8Array, record: Uint8Array) => routing.put(key, record, {}),
    }
    const key = new TextEncoder().encode('/ipns/somebody')
    for (const helia of [node, undefined]) {
      const host = await startTestHost(ipns({ name: old, ...(helia && { helia }) }))
      await old.publish(key, Uint8Array.of(1)).catch(() => {})
      await host.tidegauge.stop()
      await host.tidegauge.start()
      expect(await exportedBy(host)).toEqual([])
      // the list may be cut, but not what to do
      expect(healthOf(host).lastError).toContain(`; ${NOTHING}; ${WHAT_TO_DO}; it lacks name.`)
      const shape = new ShapeCheck(nodeOf(old, helia))
      expect(shape.check()).toBe(false)
      const lacks = /; it lacks (.*)$/.exec(shape.problem ?? '')?.[1].split('), ')
      expect(lacks).toEqual([
        ...(helia ? [] : ['name.components.datastore (records; or pass the Helia node as the option helia']),
        ...(helia ? [] : ['helia.status (whether the node runs']),
        'name.started (republisher state, next attempts',
        'name.localStore.list (republisher runs, skipped refreshes',
        'the local store in name.routers (results: it counts as a router that takes records)',
      ])
    }
  })

  it('counts no attempt of the time in which it lacked it, and goes on when it has it again (issue 10)', async () => {
    const name = nameOf(await createNode({ dht: false }), { routers: [{ ...taking }] })
    const host = await startTestHost(ipns({ name }))
    await name.publish('one', value)
    expect(await valuesOf(host, published, tracked)).toEqual([1, 1])
    const [store] = name.routers.splice(0, 1)
    await name.publish('two', value)
    const during = await valuesOf(host, published, tracked, putsOf('Taking', 'success'))
    expect(during).toEqual([1, undefined, 1])
    expect(healthOf(host).state).toBe('down')
    name.routers.unshift(store)
    expect(await collectAgain(host, published, tracked)).toEqual([1, 1])
    await name.publish('three', value)
    expect(await valuesOf(host, published, tracked)).toEqual([2, 2])
    expect(healthOf(host).state).toBe('up')
  })
})

describe('a version of Helia that lacks a detail', () => {
  it.each(['name.started', 'name.localStore.put', 'name.localStore.delete'])(
    'such as %s, marks the plugin down, and the rest is exported (issue 10)',
    async (path) => {
      const node = await createNode({ dht: false })
      const real = nameOf(node, { routers: [{ ...taking }] })
      const { name, helia } = lacking[path](real, node)
      const host = await startTestHost(ipns({ name, helia: helia as Node, recordsMaxAgeMs: 0 }))
      await real.publish('one', value)
      expect(await collectAgain(host, published, tracked)).toEqual([1, 1])
      expect(healthOf(host).lastError).toContain(`; the rest is exported; ${WHAT_TO_DO}; it lacks ${path} (`)
    },
  )

  it.each(['helia.status', 'helia.libp2p.status'])(
    'such as %s, does not pass for a node that runs (issue 10)',
    async (path) => {
      const node = await createNode()
      const { name, helia } = lacking[path](nameOf(node), node)
      const host = await startTestHost(ipns({ name, helia: helia as Node }))
      expect(healthOf(host)).toMatchObject({ state: 'down' })
      expect(healthOf(host).lastError).toContain(`${path} (whether the node runs)`)
      expect(await host.value(tracked)).toBe(0)
    },
  )
})

describe('a DHT of another version', () => {
  it('that yields events without a name makes no failure of what it may have put (issue 10)', async () => {
    const node = await createNode()
    const name = nameOf(node)
    const dht = dhtOf(node)
    dht.put = async function* () {
      yield { type: 'response', message: 'PUT_VALUE' } as never
    }
    const host = await startTestHost(ipns({ name }))
    await name.publish('one', value)
    expect(await valuesOf(host, publishFailed, putsOf('dht', 'failure'))).toEqual([0, 0])
    expect(healthOf(host).state).toBe('down')
    expect(healthOf(host).lastError).toContain(
      `${NOTHING}; ${WHAT_TO_DO}; it lacks known events from put of the DHT "dht" (results)`,
    )
  })

  it('that yields no events makes no failure of what it may have put (issue 10)', async () => {
    const node = await createNode()
    const name = nameOf(node)
    dhtOf(node).put = (() => Promise.resolve()) as never
    // libp2p's content routing wants to iterate over it
    const routers = Reflect.get(node.libp2p.contentRouting, 'routers') as object[]
    routers.splice(0, 1, {
      dht: dhtOf(node),
      put: (...args: never[]) => dhtOf(node).put(...(args as [never, never])),
    })
    const host = await startTestHost(ipns({ name }))
    await name.publish('one', value)
    expect(await valuesOf(host, publishFailed, putsOf('dht', 'failure'))).toEqual([0, 0])
    expect(healthOf(host).state).toBe('down')
    expect(healthOf(host).lastError).toContain('; it lacks events from put of the DHT "dht" (results)')
  })
})

describe('a node without libp2p', () => {
  it('lacks nothing', async () => {
    const node = await createHeliaLight().start()
    onTestFinished(() => void node.stop())
    const name = createIpns(node, { routers: [{ ...taking }] })
    const host = await startTestHost(ipns({ name }))
    await name.publish('one', value)
    expect(await valuesOf(host, published, tracked)).toEqual([1, 1])
    expect(healthOf(host)).toMatchObject({ state: 'up' })
  })
})
