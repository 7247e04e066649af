import { type ManualClock, type TestHost, createManualClock, startTestHost, until } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { ipns } from '../../src/index.js'
import { FaultyDatastore } from '../support/datastore.js'
import { createNode, nameOf, value } from '../support/nodes.js'
import { noGet, short, taking } from '../support/refreshing.js'
import {
  healthOf,
  nextAttempt,
  overdue,
  published,
  putsOf,
  refreshed,
  running,
  runsMade,
  tracked,
  valuesOf,
} from '../support/series.js'

const MINUTE_MS = 60_000

/** Waits longer than any back-off, then collects. */
async function collectLater(
  host: TestHost,
  clock: ManualClock,
): Promise<{ state: string; lastError?: string }> {
  await clock.advance(31_000)
  const reading = host.read()
  await clock.advance(2_000)
  await reading
  return healthOf(host)
}

/** A router that answers when the test lets it. */
function hangingRouter() {
  const held: (() => void)[] = []
  const put = () => new Promise<void>((resolve) => held.push(resolve))
  return { held, router: { ...noGet, put, toString: () => 'Hanging()' } }
}

describe('a datastore that never answers', () => {
  it('does not delay a collection', async () => {
    const datastore = new FaultyDatastore()
    const name = nameOf(await createNode({ datastore }))
    datastore.state = 'hanging'
    const started = performance.now()
    const host = await startTestHost(ipns({ name }))
    expect(performance.now() - started).toBeLessThan(3_000)
    expect(await valuesOf(host, running, runsMade, tracked)).toEqual([0, 0, undefined])
    expect(healthOf(host).state).toBe('down')
    expect(healthOf(host).lastError).toContain('the datastore has not answered yet')
  })

  it('is read again after a while, and measured again when it works', async () => {
    const datastore = new FaultyDatastore()
    const name = nameOf(await createNode({ datastore }))
    const clock = createManualClock(Date.now())
    const host = await startTestHost(ipns({ name, recordsMaxAgeMs: 1_000 }), { clock })
    await name.publish('one', value, { offline: true })
    expect(await host.value(tracked)).toBe(1)
    datastore.state = 'hanging'
    await collectLater(host, clock)
    expect(await collectLater(host, clock)).toMatchObject({ state: 'down' })
    datastore.state = 'ok'
    await name.publish('two', value, { offline: true })
    // the read that hangs is abandoned
    await expect.poll(async () => (await collectLater(host, clock)).state).toBe('up')
    expect(await host.value(tracked)).toBe(2)
  })

  it('is read again at most once in five minutes when it ignores the signal, and a late answer is ignored', async () => {
    const datastore = new FaultyDatastore()
    const name = nameOf(await createNode({ datastore }))
    const clock = createManualClock(Date.now())
    const host = await startTestHost(ipns({ name, recordsMaxAgeMs: 0 }), { clock })
    const signals: (AbortSignal | undefined)[] = []
    const gate = Promise.withResolvers<void>()
    const { query } = datastore
    datastore.query = async function* (wanted, options) {
      signals.push(options?.signal)
      await gate.promise
      yield* query.call(datastore, { ...wanted, prefix: '/ipns/metadata/' }, options)
    }
    for (let i = 0; i < 60; i++) await collectLater(host, clock)
    // half an hour: after 30 s, one minute, two, four, and then every five
    expect(signals.length).toBeGreaterThan(5)
    expect(signals.length).toBeLessThan(12)
    expect(signals.slice(0, -1).every((signal) => signal?.aborted)).toBe(true)
    expect(signals.at(-1)?.aborted).toBe(false)
    datastore.query = query
    gate.resolve()
    await name.publish('one', value, { offline: true })
    await expect.poll(async () => (await collectLater(host, clock)).state).toBe('up')
    expect(await host.value(tracked)).toBe(1)
  })

  it('is read again when the plugin is started again', async () => {
    const datastore = new FaultyDatastore()
    const name = nameOf(await createNode({ datastore }))
    datastore.state = 'hanging'
    const host = await startTestHost(ipns({ name }))
    await host.tidegauge.stop()
    datastore.state = 'ok'
    await host.tidegauge.start()
    expect(await host.value(tracked)).toBe(0)
    expect(healthOf(host).state).toBe('up')
  })
})

describe('a node that stops', () => {
  it('marks the plugin down with that reason, the rest is exported, and the plugin recovers by itself', async () => {
    const node = await createNode({ dht: false })
    const name = nameOf(node, { routers: [taking] })
    const clock = createManualClock(Date.now())
    const host = await startTestHost(ipns({ name }), { clock })
    await name.publish('one', value)
    await node.stop()
    await name.publish('two', value, { offline: true })
    expect(await valuesOf(host, tracked, published, running)).toEqual([2, 1, 0])
    expect(healthOf(host)).toMatchObject({
      state: 'down',
      lastError:
        'plugin "ipns": the Helia node is stopped; it is measured again when it has started; pass a function as the option name if your application creates a new one',
    })
    await node.start()
    expect(await collectLater(host, clock)).toMatchObject({ state: 'up' })
    expect(await host.value(running)).toBe(1)
  })
})

describe('a router that hangs', () => {
  it('marks the plugin down with its name after five minutes, until it answers', async () => {
    const { held, router } = hangingRouter()
    const name = nameOf(await createNode({ dht: false }), { routers: [router, taking] })
    const clock = createManualClock(Date.now())
    const host = await startTestHost(ipns({ name }), { clock })
    await name.publish('short', value, { ...short, offline: true })
    name.start()
    await until(() => held.length > 0, 'the router to be called')
    await clock.advance(4 * MINUTE_MS)
    expect(await valuesOf(host, refreshed, tracked)).toEqual([1, 1])
    expect(healthOf(host).state).toBe('up')
    await clock.advance(2 * MINUTE_MS)
    // the rest is exported
    await name.publish('offline', value, { offline: true })
    expect(await valuesOf(host, tracked, putsOf('Taking', 'success'))).toEqual([2, 1])
    expect(healthOf(host)).toMatchObject({
      state: 'down',
      lastError:
        'plugin "ipns": no answer for more than 5 minutes from router "Hanging"; a refresh ends when all routers have answered',
    })
    held[0]()
    await until(async () => (await collectLater(host, clock)).state === 'up', 'the plugin to be up')
  })

  it('is reported when it is the local store', async () => {
    const datastore = new FaultyDatastore()
    const name = nameOf(await createNode({ datastore, dht: false }), { routers: [taking] })
    const clock = createManualClock(Date.now())
    const host = await startTestHost(ipns({ name }), { clock })
    await name.publish('first', value, { offline: true })
    const gate = Promise.withResolvers<void>()
    datastore.writing = gate.promise
    const publishing = name.publish('first', value)
    await until(() => datastore.waiting > 0, 'the write')
    await clock.advance(6 * MINUTE_MS)
    await host.read()
    expect(healthOf(host).lastError).toContain('from router "LocalStoreRouting";')
    gate.resolve()
    await publishing
    expect(await collectLater(host, clock)).toMatchObject({ state: 'up' })
  })
})

describe('a run of the republisher', () => {
  it('that hangs while it lists the records is reported after five minutes, until it ends', async () => {
    const datastore = new FaultyDatastore()
    const name = nameOf(await createNode({ datastore }))
    const clock = createManualClock(Date.now())
    const host = await startTestHost(ipns({ name }), { clock })
    const gate = Promise.withResolvers<void>()
    datastore.listing = gate.promise
    name.start()
    await until(() => datastore.queries.includes('/dht/record/'), 'the run')
    await clock.advance(4 * MINUTE_MS)
    await host.read()
    expect(healthOf(host).state).toBe('up')
    await clock.advance(2 * MINUTE_MS)
    expect(await valuesOf(host, tracked, overdue, runsMade)).toEqual([0, 0, 0])
    expect(healthOf(host)).toMatchObject({ state: 'down' })
    expect(healthOf(host).lastError).toContain('has listed no further record for more than 5 minutes')
    gate.resolve()
    expect(await collectLater(host, clock)).toMatchObject({ state: 'up' })
    expect(await host.value(runsMade)).toBe(1)
  })

  it('is followed by the next one an interval after the last router has answered', async () => {
    const { held, router } = hangingRouter()
    const name = nameOf(await createNode({ dht: false }), { routers: [router] })
    const clock = createManualClock(Date.now())
    const host = await startTestHost(ipns({ name, republishIntervalMs: 600_000 }), { clock })
    await name.publish('short', value, { ...short, offline: true })
    name.start()
    await until(() => held.length > 0, 'the router to be called')
    await clock.advance(100_000)
    expect(await host.value(nextAttempt)).toBeCloseTo(500, 0)
    held[0]()
    await until(async () => (await host.value(refreshed)) === 1, 'the end of the run')
    expect(await host.value(nextAttempt)).toBeCloseTo(600, 0)
  })
})
