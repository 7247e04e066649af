import { startTestHost, until } from '@tidegauge/testkit'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { ipns } from '../../src/index.js'
import { FaultyDatastore } from '../support/datastore.js'
import { all, connect, createNode, createPair, finishRun, HOUR_MS, nameOf, value } from '../support/nodes.js'
import {
  active,
  backoff,
  nextAttempt,
  overdue,
  putsOf,
  refreshed,
  refreshFailed,
  running,
  runsFailed,
  runsMade,
  tracked,
  valuesOf,
} from '../support/series.js'
import { often, waitForRuns, short } from '../support/refreshing.js'

describe('a refresh that the republisher skips', () => {
  it('counts as failed: the key is gone, and no router is handed the record', async () => {
    const [a] = await createPair()
    const name = nameOf(a, often)
    const host = await startTestHost(ipns({ name }))
    await name.publish('kept', value, short)
    await name.publish('lost', value, short)
    await a.keychain.removeKey('lost')
    await waitForRuns(name, host, 2)
    await expect.poll(() => host.value(refreshFailed)).toBeGreaterThan(0)
    await expect.poll(() => valuesOf(host, active, backoff, overdue)).toEqual([1, 1, 2])
    // no router has failed
    expect(await host.value(putsOf('dht', 'failure'))).toBe(0)
  })

  it('is one failure for each run, however often values are collected', async () => {
    const node = await createNode()
    const name = nameOf(node, { republishInterval: 150 })
    const host = await startTestHost(ipns({ name }))
    await name.publish('lost', value, { ...short, offline: true })
    await node.keychain.removeKey('lost')
    name.start()
    await until(async () => (await host.value(runsMade))! > 4, 'five runs')
    const [made, failures] = await valuesOf(host, runsMade, refreshFailed)
    // the last run has not ended
    expect(failures).toBeLessThan(made!)
    expect(failures).toBeGreaterThan(1)
  })

  it('is not counted for a record that was written after the run had started', async () => {
    const datastore = new FaultyDatastore()
    const name = nameOf(await createNode({ datastore }), often)
    const host = await startTestHost(ipns({ name }))
    await waitForRuns(name, host, 1)
    const gate = Promise.withResolvers<void>()
    datastore.listing = gate.promise
    await name.publish('late', value, { ...short, offline: true })
    const listings = datastore.queries.length
    await until(() => datastore.queries.lastIndexOf('/dht/record/') >= listings, 'the next run')
    expect(await valuesOf(host, tracked, refreshFailed)).toEqual([1, 0])
    gate.resolve()
    await expect.poll(() => host.value(refreshFailed)).toBeGreaterThan(0)
    expect(await host.value(putsOf('dht', 'failure'))).toBeGreaterThan(0)
  })

  it('is not counted for a record that another ipns() on the node has refreshed', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    onTestFinished(() => void vi.useRealTimers())
    const [a] = await createPair()
    const [name, other] = [nameOf(a, often), nameOf(a, { republishInterval: HOUR_MS })]
    const host = await startTestHost(ipns({ name }))
    await name.publish('long', value, { lifetime: 1_000 * HOUR_MS })
    vi.setSystemTime(Date.now() + 25 * HOUR_MS)
    expect(await host.value(overdue)).toBe(1)
    const written = await all(a.datastore.query({ prefix: '/dht/record/' }))
    other.start()
    const isNew = async () =>
      !Buffer.from((await all(a.datastore.query({ prefix: '/dht/record/' })))[0].value).equals(
        written[0].value,
      )
    await until(isNew, 'the other to refresh it')
    await waitForRuns(name, host, 4)
    expect(await valuesOf(host, overdue, refreshFailed, refreshed)).toEqual([0, 0, 0])
  })

  it('because only the local store took the record is not retried for a day, which the back-off shows', async () => {
    const name = nameOf(await createNode(), often)
    const host = await startTestHost(ipns({ name, republishIntervalMs: 100 }))
    await name.publish('long', value)
    await waitForRuns(name, host, 3)
    expect(await valuesOf(host, tracked, overdue, backoff, refreshed, refreshFailed)).toEqual([1, 0, 1, 0, 0])
    expect(await host.value(nextAttempt)).toBeGreaterThan(23 * 3_600)
  })
})

describe('the republisher', () => {
  it('does not start by itself, which is logged once, with what to do', async () => {
    const name = nameOf(await createNode())
    const host = await startTestHost(ipns({ name }))
    expect(await valuesOf(host, running, runsMade)).toEqual([0, 0])
    await host.read()
    const logged = host.log.filter((line) => line.includes('call start() on the object'))
    expect(logged).toHaveLength(1)
    expect(logged[0]).toMatch(/^warn /)
    name.start()
    await expect.poll(() => valuesOf(host, running, runsMade)).toEqual([1, 1])
    name.stop()
    expect(await host.value(running)).toBe(0)
    name.start()
    await expect.poll(() => valuesOf(host, running, runsMade)).toEqual([1, 2])
    expect(await host.value(runsFailed)).toBe(0)
  })

  it('that is stopped while it lists the records has made no run, neither a success nor a failure', async () => {
    const datastore = new FaultyDatastore()
    const name = nameOf(await createNode({ datastore }))
    const host = await startTestHost(ipns({ name }))
    await name.publish('one', value, { offline: true })
    const gate = Promise.withResolvers<void>()
    datastore.listing = gate.promise
    name.start()
    await until(() => datastore.queries.includes('/dht/record/'), 'the run')
    name.stop()
    gate.resolve()
    await new Promise((resolve) => setImmediate(resolve))
    expect(await valuesOf(host, runsMade, runsFailed, running)).toEqual([0, 0, 0])
  })

  it('stops and starts with its node, and no total falls', async () => {
    const [a, b] = await createPair()
    const name = nameOf(a, often)
    const host = await startTestHost(ipns({ name }))
    await name.publish('short', value, short)
    await waitForRuns(name, host, 2)
    await expect.poll(() => host.value(refreshed)).toBeGreaterThan(0)
    const showRecords = await finishRun(name)
    await a.stop()
    showRecords()
    const [isRunning, before] = await valuesOf(host, running, refreshed)
    expect(isRunning).toBe(0)
    await a.start()
    await connect(a, b)
    await expect.poll(() => host.value(refreshed), { timeout: 10_000 }).toBeGreaterThan(before!)
    expect(await host.value(running)).toBe(1)
  })
})
