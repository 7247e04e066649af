import { createManualClock, startTestHost, until } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { ipns } from '../../src/index.js'
import { FaultyDatastore } from '../support/datastore.js'
import { createNode, HOUR_MS, nameOf, value } from '../support/nodes.js'
import {
  active,
  healthOf,
  overdue,
  running,
  runsFailed,
  runsMade,
  tracked,
  valuesOf,
} from '../support/series.js'

describe('a datastore', () => {
  it('that throws marks the plugin down with its reason, and the rest is exported until it works again', async () => {
    const datastore = new FaultyDatastore()
    const name = nameOf(await createNode({ datastore }), { republishInterval: 50 })
    const clock = createManualClock(Date.now())
    const host = await startTestHost(ipns({ name }), { clock })
    await name.publish('one', value)
    expect(await host.value(tracked)).toBe(1)
    datastore.state = 'broken'
    name.start()
    await expect.poll(async () => (await clock.advance(31_000), host.value(runsFailed))).toBeGreaterThan(1)
    // the last known records, and the present state of the republisher
    expect(await valuesOf(host, tracked, active, running)).toEqual([1, 0, 1])
    expect(healthOf(host)).toMatchObject({
      state: 'down',
      lastError: `plugin "ipns": the records can't be read from the datastore: disk on fire`,
    })
    datastore.state = 'ok'
    await clock.advance(31_000)
    expect(await host.value(tracked)).toBe(1)
    expect(healthOf(host).state).toBe('up')
    await expect.poll(() => host.value(runsMade)).toBeGreaterThan(0)
  })

  it('that fails for one record marks the plugin down, and the record does not count as gone', async () => {
    const datastore = new FaultyDatastore()
    const name = nameOf(await createNode({ datastore }))
    const host = await startTestHost(ipns({ name, recordsMaxAgeMs: 0 }))
    await name.publish('one', value, { offline: true })
    expect(await host.value(tracked)).toBe(1)
    datastore.state = 'unreadable'
    expect(await host.value(tracked)).toBe(1)
    expect(healthOf(host).lastError).toContain('disk on fire')
  })

  it('that is written to while it is read is read again when the write has ended', async () => {
    const datastore = new FaultyDatastore()
    const name = nameOf(await createNode({ datastore }))
    const host = await startTestHost(ipns({ name }))
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

  it('that has become slow is waited for with the previous records, for five seconds', async () => {
    const datastore = new FaultyDatastore()
    const name = nameOf(await createNode({ datastore }))
    const clock = createManualClock(Date.now())
    const host = await startTestHost(ipns({ name, recordsMaxAgeMs: 1_000 }), { clock })
    datastore.state = 'hanging'
    const pass = async (): Promise<string> => {
      const reading = host.read()
      await clock.advance(2_000)
      await reading
      return healthOf(host).state
    }
    await clock.advance(1_500)
    expect([await pass(), await pass(), await pass(), await pass()]).toEqual(['up', 'up', 'up', 'down'])
    expect(datastore.queries.filter((prefix) => prefix === '/ipns/metadata/')).toHaveLength(2)
  })

  it('is not read again while nothing was written', async () => {
    const datastore = new FaultyDatastore()
    const name = nameOf(await createNode({ datastore }))
    const host = await startTestHost(ipns({ name }))
    const reads = () => datastore.queries.filter((prefix) => prefix === '/ipns/metadata/').length
    for (let i = 0; i < 5; i++) await host.read()
    expect(reads()).toBe(1)
    await name.publish('one', value, { offline: true })
    for (let i = 0; i < 5; i++) await host.read()
    expect(reads()).toBe(2)
    // the records of others are never read
    expect(datastore.queries).not.toContain('/dht/record/')
  })
})
