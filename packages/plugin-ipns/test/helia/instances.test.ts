import { describe, expect, it } from 'vitest'
import { ipns } from '../../src/index.js'
import { startTestHost } from '@tidegauge/testkit'
import {
  createNode,
  createPair,
  dhtOf,
  HOUR_MS,
  nameOf,
  value,
  type Name,
  type Node,
} from '../support/nodes.js'
import { putsOf, refreshed, tracked, valuesOf } from '../support/series.js'

/** `name{a="b"}` with the label of an instance. */
function of(node: string, series: string): string {
  return series.endsWith('}') ? `${series.slice(0, -1)},node="${node}"}` : `${series}{node="${node}"}`
}

describe('several instances in one host', () => {
  it('measure one node each, with a label for each', async () => {
    const [a, b] = await createPair()
    const [first, second] = [nameOf(a, { republishInterval: 100 }), nameOf(b)]
    const host = await startTestHost({ a: ipns({ name: first }), b: ipns({ name: second }) })
    await first.publish('one', value, { lifetime: HOUR_MS })
    await first.publish('two', value)
    await second.publish('three', value)
    first.start()
    await expect.poll(() => host.value(of('a', refreshed))).toBeGreaterThan(0)
    expect(await valuesOf(host, of('a', tracked), of('b', tracked), of('b', refreshed))).toEqual([2, 1, 0])
    expect(
      await valuesOf(
        host,
        of('a', 'libp2p_ipns_republisher_running'),
        of('b', 'libp2p_ipns_republisher_running'),
      ),
    ).toEqual([1, 0])
  })

  it('on one node share its records, and each counts its own refreshes', async () => {
    const [a] = await createPair()
    const [first, second] = [nameOf(a, { republishInterval: 100 }), nameOf(a)]
    const host = await startTestHost({
      a: ipns({ name: first, recordsMaxAgeMs: 0 }),
      b: ipns({ name: second, recordsMaxAgeMs: 0 }),
    })
    await second.publish('theirs', value, { lifetime: HOUR_MS })
    first.start()
    await expect.poll(() => host.value(of('a', refreshed))).toBeGreaterThan(1)
    expect(await valuesOf(host, of('a', tracked), of('b', tracked), of('b', refreshed))).toEqual([1, 1, 0])
    expect(await valuesOf(host, of('b', putsOf('dht', 'success')))).toEqual([1])
  })

  it('on one object count the same', async () => {
    const [a] = await createPair()
    const name = nameOf(a)
    const host = await startTestHost({ a: ipns({ name }), b: ipns({ name }) })
    await name.publish('one', value)
    const series = 'libp2p_ipns_publish_total{namespace="ipns",result="success"}'
    expect(await valuesOf(host, of('a', series), of('b', series))).toEqual([1, 1])
  })
})

describe('detaching', () => {
  /** The properties of every object that the plugin may change. */
  function inventory(node: Node, name: Name): unknown[] {
    const routers = Reflect.get(node.routing, 'routers') as object[]
    const touched = [
      name,
      name.localStore,
      name.routers,
      ...name.routers,
      node,
      node.routing,
      routers,
      ...routers,
    ]
    return [...touched, node.libp2p, node.datastore, dhtOf(node)].flatMap((object) => [
      Object.getPrototypeOf(object),
      ...Object.entries(Object.getOwnPropertyDescriptors(object))
        .filter(([, descriptor]) => !['number', 'string'].includes(typeof descriptor.value))
        .flatMap(([key, { value: held, get, set, enumerable }]) => [key, held, get, set, enumerable]),
    ])
  }

  it('restores everything, and counts no more', async () => {
    const [a] = await createPair()
    const name = nameOf(a)
    const before = inventory(a, name)
    const plugin = ipns({ name })
    const host = await startTestHost(plugin)
    expect(inventory(a, name)).not.toEqual(before)
    await name.publish('one', value)
    expect(await host.value('libp2p_ipns_publish_total{namespace="ipns",result="success"}')).toBe(1)
    await host.tidegauge.stop()
    const after = inventory(a, name)
    expect(after.length).toBe(before.length)
    expect(after.every((one, i) => Object.is(one, before[i]))).toBe(true)
    await name.publish('two', value)
    await host.tidegauge.start()
    // totals have not fallen; what was not observed is not in them
    expect(
      await valuesOf(host, tracked, 'libp2p_ipns_publish_total{namespace="ipns",result="success"}'),
    ).toEqual([2, 1])
  })

  it('restores everything in whatever order the plugins stop', async () => {
    const [a] = await createPair()
    const [name, second] = [nameOf(a), nameOf(a)]
    const before = [...inventory(a, name), ...inventory(a, second)]
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 0, 2],
    ]) {
      const hosts = [
        await startTestHost(ipns({ name })),
        await startTestHost(ipns({ name })),
        await startTestHost(ipns({ name: second })),
      ]
      for (const i of order) await hosts[i].tidegauge.stop()
      const after = [...inventory(a, name), ...inventory(a, second)]
      expect(after.findIndex((one, i) => !Object.is(one, before[i]))).toBe(-1)
    }
  })

  it('leaves a wrapper that other code has added since', async () => {
    const name = nameOf(await createNode())
    const host = await startTestHost(ipns({ name }))
    const ours = Reflect.get(name.routers[1], 'put') as (...args: unknown[]) => Promise<void>
    let calls = 0
    const theirs = function (this: unknown, ...args: unknown[]) {
      calls++
      return ours.apply(this, args)
    }
    Object.assign(name.routers[1], { put: theirs })
    await host.tidegauge.stop()
    expect(Reflect.get(name.routers[1], 'put')).toBe(theirs)
    await name.publish('one', value)
    expect(calls).toBe(1)
  })
})
