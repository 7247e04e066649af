import { createManualClock, startTestHost } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { ipns } from '../../src/index.js'
import { FaultyDatastore } from '../support/datastore.js'
import { createNode, nameOf, value } from '../support/nodes.js'
import { taking } from '../support/refreshing.js'
import { healthOf, nextAttempt, published, running, tracked, valuesOf } from '../support/series.js'

const AGAIN = 'it is measured again when it has started'
const HINT = 'pass a function as the option name if your application creates a new one'

async function startOn(datastore = new FaultyDatastore()) {
  const node = await createNode({ dht: false, datastore })
  const name = nameOf(node, { routers: [{ ...taking }] })
  const clock = createManualClock(Date.now())
  const host = await startTestHost(ipns({ name, recordsMaxAgeMs: 0 }), { clock })
  /** Collects after any back-off: a plugin that is down is read less often. */
  const health = async () => {
    await clock.advance(31_000)
    await host.read()
    return healthOf(host)
  }
  return { node, name, host, health }
}

describe('a node whose libp2p was stopped by itself', () => {
  it('is reported as stopped, and is measured again by itself (issue 10)', async () => {
    const { node, name, host, health } = await startOn()
    await name.publish('one', value)
    expect(await health()).toMatchObject({ state: 'up' })
    await node.libp2p.stop()
    expect(await health()).toMatchObject({
      state: 'down',
      lastError: `plugin "ipns": the libp2p of the Helia node is stopped; ${AGAIN}; ${HINT}`,
    })
    expect(await valuesOf(host, tracked, published)).toEqual([1, 1])
    await node.libp2p.start()
    expect(await health()).toMatchObject({ state: 'up' })
  })
})

describe('a node that is stopped', () => {
  it('is the only reason, also when its datastore was closed with it (issue 10)', async () => {
    const datastore = new FaultyDatastore()
    const { node, name, host, health } = await startOn(datastore)
    await name.publish('one', value)
    expect(await valuesOf(host, tracked, published)).toEqual([1, 1])
    await node.stop()
    datastore.state = 'broken'
    expect(await health()).toMatchObject({
      state: 'down',
      lastError: `plugin "ipns": the Helia node is stopped; ${AGAIN}; ${HINT}`,
    })
    datastore.state = 'ok'
    await node.start()
    expect(await health()).toMatchObject({ state: 'up' })
    expect(await valuesOf(host, tracked, published)).toEqual([1, 1])
  })

  it('has no next attempt any more (issue 10)', async () => {
    const { node, name, host, health } = await startOn()
    await name.publish('one', value)
    name.start()
    expect(await valuesOf(host, running, nextAttempt)).toEqual([1, expect.any(Number)])
    await node.stop()
    expect(await health()).toMatchObject({ state: 'down' })
    expect(await valuesOf(host, running, nextAttempt)).toEqual([0, undefined])
  })

  it('and starts before the plugin is measured from its start on (issue 10)', async () => {
    const node = await createNode({ dht: false })
    const name = nameOf(node, { routers: [{ ...taking }] })
    await node.stop()
    const clock = createManualClock(Date.now())
    const host = await startTestHost(ipns({ name }), { clock })
    expect(healthOf(host)).toMatchObject({ state: 'down' })
    await node.start()
    await name.publish('one', value)
    await clock.advance(31_000)
    expect(await valuesOf(host, tracked, published)).toEqual([1, 1])
    expect(healthOf(host)).toMatchObject({ state: 'up' })
  })
})
