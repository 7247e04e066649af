import { createManualClock, startTestHost, until } from '@tidegauge/testkit'
import { MemoryDatastore } from 'datastore-core'
import { describe, expect, it } from 'vitest'
import { ipns, type HeliaLike, type IpnsLike } from '../../src/index.js'
import { createNode, nameOf, value, type Name } from '../support/nodes.js'
import { noGet, refusing, taking } from '../support/refreshing.js'
import {
  active,
  backoff,
  healthOf,
  published,
  publishFailed,
  putsOf,
  running,
  runsMade,
  tracked,
  valuesOf,
} from '../support/series.js'

const NOTHING = 'plugin "ipns": there is no IPNS object now: the function name returned undefined'

/** What {@link startWith} returns. */
interface Started {
  read(...series: string[]): Promise<(number | undefined)[]>
  /** Collects after any back-off, since a plugin that is down is read less often, and returns the state. */
  state(): Promise<string>
  lastError(): string | undefined
  /** The exported gauges of the present state. */
  gauges(): string[]
}

async function startWith(options: {
  name: () => IpnsLike | undefined
  helia?: () => HeliaLike | undefined
}): Promise<Started> {
  const clock = createManualClock(Date.now())
  const host = await startTestHost(ipns(options), { clock })
  return {
    read: (...series) => valuesOf(host, ...series),
    state: async () => {
      await clock.advance(31_000)
      await host.read()
      return healthOf(host).state
    },
    lastError: () => healthOf(host).lastError,
    gauges: () => {
      const names = [...host.current().keys()].map((series) => series.split('{')[0])
      return [...new Set(names)].filter((name) => /records|next_attempt|running/.test(name))
    },
  }
}

/** Whether the plugin wraps a method of the object. */
function isObserved({ localStore, routers }: Name): boolean {
  const methods = [localStore.list, ...routers.map((router) => router.put)]
  return methods.some((method) => Reflect.has(method, Symbol.for('@tidegauge/plugin-ipns.wrapper')))
}

/** A router that answers when the test lets it. */
function hanging() {
  const held: (() => void)[] = []
  const put = () => new Promise<void>((resolve) => held.push(resolve))
  return { held, router: { ...noGet, put, toString: () => 'Hanging()' } }
}

describe('a function in place of the IPNS object', () => {
  it('is called at each pass: totals go on over a node that is stopped and made anew (issue 10)', async () => {
    let current: Name | undefined
    const { read, state, lastError, gauges } = await startWith({ name: () => current })
    expect([await state(), lastError(), gauges()]).toEqual(['down', NOTHING, []])
    for (const nodes of [1, 2, 3]) {
      const node = await createNode({ dht: false })
      const name = nameOf(node, { routers: [{ ...taking }] })
      current = name
      expect(await state()).toBe('up')
      await name.publish('one', value)
      name.start()
      await expect.poll(() => read(tracked, runsMade, running)).toEqual([1, nodes, 1])
      // after the last pass before the node is gone
      await name.publish('two', value)
      name.stop()
      await node.stop()
      current = undefined
      expect([await state(), lastError(), gauges()]).toEqual(['down', NOTHING, []])
      expect(await read(published, putsOf('Taking', 'success'), runsMade)).toEqual([
        2 * nodes,
        2 * nodes,
        nodes,
      ])
      expect(isObserved(name)).toBe(false)
    }
  })

  it('may go from one node to the next without a gap, and the old one is restored (issue 10)', async () => {
    const [a, b] = [await createNode({ dht: false }), await createNode({ dht: false })]
    const [first, second] = [nameOf(a, { routers: [{ ...taking }] }), nameOf(b, { routers: [{ ...taking }] })]
    let current = first
    const { read, state } = await startWith({ name: () => current })
    for (const key of ['one', 'two']) await first.publish(key, value)
    expect(await read(tracked, published)).toEqual([2, 2])
    await a.stop()
    expect(await state()).toBe('down')
    current = second
    expect(await state()).toBe('up')
    expect([isObserved(first), isObserved(second)]).toEqual([false, true])
    await second.publish('three', value)
    expect(await read(tracked, published)).toEqual([1, 3])
  })

  it('keeps the back-off of a record whose datastore goes on in a new node (issue 10)', async () => {
    const datastore = new MemoryDatastore()
    const node = await createNode({ dht: false, datastore })
    let current = nameOf(node, { routers: [{ ...refusing }] })
    const { read, state } = await startWith({ name: () => current })
    await expect(current.publish('one', value)).rejects.toThrow('no')
    expect(await read(active, backoff, publishFailed)).toEqual([0, 1, 1])
    await node.stop()
    current = nameOf(await createNode({ dht: false, datastore }), { routers: [{ ...taking }] })
    expect(await state()).toBe('up')
    expect(await read(active, backoff, publishFailed)).toEqual([0, 1, 1])
    await current.publish('one', value)
    expect(await read(active, backoff, published)).toEqual([1, 0, 1])
  })

  it('leaves a router of the old node that hangs behind, and counts its late answer once (issue 10)', async () => {
    const { held, router } = hanging()
    const node = await createNode({ dht: false })
    const first = nameOf(node, { routers: [router] })
    let current = first
    const { read, state } = await startWith({ name: () => current })
    const publishing = first.publish('one', value)
    await until(() => held.length > 0, 'the router to be called')
    for (let i = 0; i < 11; i++) await state()
    expect(await state()).toBe('down')
    current = nameOf(await createNode({ dht: false }), { routers: [{ ...taking }] })
    expect(await state()).toBe('up')
    expect(await read(published, tracked)).toEqual([0, 0])
    held[0]()
    await publishing
    await current.publish('two', value)
    expect(await read(published, tracked, putsOf('Hanging', 'success'))).toEqual([2, 1, 1])
  })

  it('forgets the back-off of a record that the new node lacks, also when an attempt hangs (issue 10)', async () => {
    const held: (() => void)[] = []
    let isRefusing = true
    const put = (): Promise<void> =>
      isRefusing ? Promise.reject(new Error('no')) : new Promise((resolve) => held.push(resolve))
    const first = nameOf(await createNode({ dht: false }), { routers: [{ ...noGet, put }] })
    const second = nameOf(await createNode({ dht: false }), { routers: [{ ...taking }] })
    let current = first
    const { read, state } = await startWith({ name: () => current })
    await expect(first.publish('one', value)).rejects.toThrow('no')
    isRefusing = false
    const publishing = first.publish('one', value)
    await until(() => held.length > 0, 'the router to be called')
    expect(await read(tracked, backoff)).toEqual([1, 1])
    current = second
    expect([await state(), await read(tracked, backoff)]).toEqual(['up', [0, 0]])
    current = first
    expect([await state(), await read(tracked, backoff)]).toEqual(['up', [1, 0]])
    held[0]()
    await publishing
    expect(await read(published, publishFailed)).toEqual([1, 1])
  })

  it('that throws, or returns something else, marks the plugin down until it answers, and counting goes on (issue 10)', async () => {
    const name = nameOf(await createNode({ dht: false }), { routers: [{ ...taking }] })
    let answer: () => unknown = () => name
    const { read, state, lastError } = await startWith({ name: () => answer() as IpnsLike })
    expect(await state()).toBe('up')
    answer = () => {
      throw new Error('the node is being made')
    }
    expect(await state()).toBe('down')
    expect(lastError()).toBe('plugin "ipns": the function name failed: the node is being made')
    await name.publish('one', value)
    answer = () => Promise.resolve(name)
    expect(await state()).toBe('down')
    expect(lastError()).toMatch(
      /^plugin "ipns": the function name returned Promise .*, expected what ipns\(helia\) of @helia\/ipns returned$/,
    )
    expect(await read(published)).toEqual([1])
    answer = () => name
    expect(await state()).toBe('up')
    expect(await read(published, tracked)).toEqual([1, 1])
  })

  it('that throws at the start does not keep the plugin from starting (issue 10)', async () => {
    const name = nameOf(await createNode({ dht: false }), { routers: [{ ...taking }] })
    let isReady = false
    const { read, state, lastError } = await startWith({
      name: () => {
        if (!isReady) throw new Error('not yet')
        return name
      },
    })
    expect(lastError()).toBe('plugin "ipns": the function name failed: not yet')
    isReady = true
    expect(await state()).toBe('up')
    await name.publish('one', value)
    expect(await read(published, tracked)).toEqual([1, 1])
  })
})

describe('a function in place of the node', () => {
  it('is called with the one for the IPNS object (issue 10)', async () => {
    const nodes = [await createNode({ dht: false }), await createNode({ dht: false })]
    const names = nodes.map((node) => {
      const name = nameOf(node, { routers: [{ ...taking }] })
      Reflect.deleteProperty(name, 'components')
      return name
    })
    let at = 0
    const { read, state, lastError } = await startWith({ name: () => names[at], helia: () => nodes[at] })
    await names[0].publish('one', value)
    await names[0].publish('two', value)
    expect(await read(tracked)).toEqual([2])
    at = 1
    expect(await state()).toBe('up')
    await names[1].publish('three', value)
    expect(await read(tracked, published)).toEqual([1, 3])
    nodes[1] = {} as (typeof nodes)[0]
    expect(await state()).toBe('down')
    expect(lastError()).toContain('the function helia returned {}, expected a Helia node, with its datastore')
  })
})
