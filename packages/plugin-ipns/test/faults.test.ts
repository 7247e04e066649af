import { createManualClock } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { ipns } from '../src/index.js'
import { FaultyDatastore } from './support/datastore.js'
import { startHost, type TestHost } from './support/host.js'
import { createNode, createPair, HOUR_MS, nameOf, until, value, type Name } from './support/nodes.js'
import {
  active,
  nextAttempt,
  overdue,
  published,
  putsOf,
  refreshed,
  running,
  runsFailed,
  runsMade,
  tracked,
  valuesOf,
} from './support/series.js'

function health(host: TestHost): { state: string; lastError?: string } {
  return host.tidegauge.health().plugins[0]
}

/** The same object, without something that the plugin looks for. */
function without(name: Name, ...hidden: string[]): Name {
  return new Proxy(name, {
    get: (target, field) => (hidden.includes(String(field)) ? undefined : Reflect.get(target, field)),
  })
}

describe('a datastore', () => {
  it('that throws marks the plugin down with its reason, and the rest is served until it is well', async () => {
    const datastore = new FaultyDatastore()
    const name = nameOf(await createNode({ datastore }), { republishInterval: 50 })
    const clock = createManualClock(Date.now())
    const host = await startHost(ipns({ name }), { clock })
    await name.publish('one', value)
    expect(await host.value(tracked)).toBe(1)
    datastore.state = 'broken'
    name.start()
    await expect.poll(async () => (await clock.advance(400_000), host.value(runsFailed))).toBeGreaterThan(1)
    // the last that is known of the records, and what the republisher does now
    expect(await valuesOf(host, tracked, active, running)).toEqual([1, 0, 1])
    expect(health(host)).toMatchObject({
      state: 'down',
      lastError: `plugin "ipns": the records can't be read from the datastore: disk on fire`,
    })
    datastore.state = 'well'
    await clock.advance(400_000)
    expect(await host.value(tracked)).toBe(1)
    expect(health(host).state).toBe('up')
    await expect.poll(() => host.value(runsMade)).toBeGreaterThan(0)
  })

  it('that fails for one record is told too, and not taken for a record that is gone', async () => {
    const datastore = new FaultyDatastore()
    const name = nameOf(await createNode({ datastore }))
    const host = await startHost(ipns({ name, recordsMaxAgeMs: 0 }))
    await name.publish('one', value, { offline: true })
    expect(await host.value(tracked)).toBe(1)
    datastore.state = 'unreadable'
    expect(await host.value(tracked)).toBe(1)
    expect(health(host).lastError).toContain('disk on fire')
  })

  it('that is being written to while it is read is read again when the writing is over', async () => {
    const datastore = new FaultyDatastore()
    const name = nameOf(await createNode({ datastore }))
    const host = await startHost(ipns({ name }))
    await name.publish('one', value, { offline: true })
    const gate = Promise.withResolvers<void>()
    datastore.writing = gate.promise
    const unfinished = name.publish('one', value, { offline: true, lifetime: HOUR_MS })
    await until(() => datastore.waiting > 0, 'the write')
    expect(await host.value(overdue)).toBe(0)
    gate.resolve()
    await unfinished
    expect(await host.value(overdue)).toBe(1)
  })

  it('that has become slow is waited for with the records of before, for five seconds', async () => {
    const datastore = new FaultyDatastore()
    const name = nameOf(await createNode({ datastore }))
    const clock = createManualClock(Date.now())
    const host = await startHost(ipns({ name, recordsMaxAgeMs: 1_000 }), { clock })
    datastore.state = 'hanging'
    const pass = async (): Promise<string> => {
      const reading = host.read()
      await clock.advance(2_000)
      await reading
      return health(host).state
    }
    await clock.advance(1_500)
    expect([await pass(), await pass(), await pass(), await pass()]).toEqual(['up', 'up', 'up', 'down'])
    expect(datastore.queries.filter((prefix) => prefix === '/ipns/metadata/')).toHaveLength(2)
  })

  it('is not asked for the records again while nothing was written', async () => {
    const datastore = new FaultyDatastore()
    const name = nameOf(await createNode({ datastore }))
    const host = await startHost(ipns({ name }))
    const asked = () => datastore.queries.filter((prefix) => prefix === '/ipns/metadata/').length
    for (let i = 0; i < 5; i++) await host.read()
    expect(asked()).toBe(1)
    await name.publish('one', value, { offline: true })
    for (let i = 0; i < 5; i++) await host.read()
    expect(asked()).toBe(2)
    // what lies there for others is never read
    expect(datastore.queries).not.toContain('/dht/record/')
  })
})

describe('a version of Helia that hides something', () => {
  it('is told in words when it hides whether the republisher runs, and the rest is served', async () => {
    const [a] = await createPair()
    const name = nameOf(a, { republishInterval: 50 })
    const clock = createManualClock(Date.now())
    const host = await startHost(ipns({ name: without(name, 'started') }), { clock })
    name.start()
    await name.publish('short', value, { lifetime: HOUR_MS })
    await expect.poll(async () => (await clock.advance(400_000), host.value(refreshed))).toBeGreaterThan(0)
    expect(await valuesOf(host, running, nextAttempt, tracked)).toEqual([undefined, undefined, 1])
    expect(health(host)).toMatchObject({
      state: 'down',
      lastError: 'plugin "ipns": this plugin knows @helia/ipns 10.1.0 and needs name.started',
    })
    const told = host.log.filter(
      (line) => line.startsWith('warn') && line.includes('update it, or pass a source'),
    )
    expect(told).toHaveLength(1)
  })

  it('is told in words when it hides the local store, and refreshes are counted', async () => {
    const [a] = await createPair()
    const name = nameOf(a)
    const clock = createManualClock(Date.now())
    const host = await startHost(ipns({ name: without(name, 'localStore'), recordsMaxAgeMs: 0 }), { clock })
    await name.publish('one', value)
    await clock.advance(400_000)
    expect(await valuesOf(host, tracked, published, running, runsMade)).toEqual([1, 1, 0, 0])
    expect(health(host).lastError).toContain('needs name.localStore.list, name.localStore.put')
  })

  it('needs the node as an option when it hides that', async () => {
    const node = await createNode()
    const name = without(nameOf(node), 'components')
    const host = await startHost(ipns({ name }))
    expect(health(host)).toMatchObject({ state: 'down' })
    expect(health(host).lastError).toContain('pass the Helia node as the option helia')
    const whole = await startHost(ipns({ name, helia: node }))
    expect(await whole.value(tracked)).toBe(0)
    expect(health(whole).state).toBe('up')
  })

  it('is told in words when it hides its routers, and what resolves counts as taken', async () => {
    const node = await createNode()
    const name = nameOf(node)
    const clock = createManualClock(Date.now())
    const opaque = { put: () => Promise.resolve(), toString: () => 'HeliaRouting()' }
    name.routers.splice(1, 1, opaque as never)
    const host = await startHost(ipns({ name, helia: { datastore: node.datastore } }), { clock })
    await name.publish('one', value)
    await clock.advance(400_000)
    expect(await valuesOf(host, published, putsOf('HeliaRouting', 'success'))).toEqual([1, 1])
    expect(health(host).lastError).toContain('needs helia.routing.routers')
  })
})

describe('the installed version of Helia', () => {
  it('has everything that the plugin looks for', async () => {
    const node = await createNode()
    const name = nameOf(node) as unknown as Record<string, never> & { routers: object[] }
    expect(name['components']).toBe(node)
    expect(name['started']).toBe(false)
    expect(name.routers.map(String)).toEqual(['LocalStoreRouting()', 'HeliaRouting()'])
    for (const method of ['list', 'put', 'delete']) expect(name['localStore']).toHaveProperty(method)
    const routers = Reflect.get(node.routing, 'routers') as { name: string }[]
    expect(routers.map((router) => router.name)).toEqual(['libp2p-router'])
    expect(Reflect.get(name.routers[1], 'routing')).toBe(node.routing)
    expect(Object.prototype.toString.call(Reflect.get(node.libp2p.services, 'dht'))).toBe(
      '[object @libp2p/kad-dht]',
    )
  })
})
