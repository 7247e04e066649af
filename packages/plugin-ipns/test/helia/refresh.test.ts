import { startTestHost, until } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { ipns } from '../../src/index.js'

import { all, connect, createNode, createPair, finishRun, nameOf, value } from '../support/nodes.js'
import {
  active,
  backoff,
  lastFailure,
  lastSuccess,
  published,
  publishFailed,
  putsOf,
  refreshed,
  refreshFailed,
  runsMade,
  tracked,
  valuesOf,
} from '../support/series.js'
import { noGet, often, refusing, waitForRuns, short, taking } from '../support/refreshing.js'

describe('a refresh', () => {
  it('succeeds when a peer of the DHT has acknowledged the record', async () => {
    const [a, b] = await createPair()
    const name = nameOf(a, often)
    const host = await startTestHost(ipns({ name, republishIntervalMs: 100 }))
    const { publicKey } = await name.publish('short', value, short)
    const before = Date.now() / 1000
    await waitForRuns(name, host, 3)
    await expect.poll(() => host.value(refreshed)).toBeGreaterThanOrEqual(3)
    const [failures, records, last, none] = await valuesOf(
      host,
      refreshFailed,
      active,
      lastSuccess,
      lastFailure,
    )
    expect([failures, records, none]).toEqual([0, 1, undefined])
    expect(last).toBeGreaterThanOrEqual(before)
    expect(last).toBeLessThanOrEqual(Date.now() / 1000)
    // the other node has that record now
    await finishRun(name)
    const [made] = await valuesOf(host, refreshed)
    const found = await all(nameOf(b).resolve(publicKey, { nocache: true }))
    expect(found[0].record.sequence).toBeGreaterThanOrEqual(BigInt(made!))
    // published once, which is not a refresh
    expect(await valuesOf(host, published, publishFailed)).toEqual([1, 0])
  })

  it('is counted on a node whose functions are traced', async () => {
    const traced = new Set<string>()
    const traceFunction = (label: string, work: (...args: unknown[]) => unknown) =>
      function (this: unknown, ...args: unknown[]): unknown {
        traced.add(label)
        // as tracers do, which pass their context on in the options
        const options = args.findIndex((one) => Object.hasOwn(Object(one), 'signal'))
        if (options >= 0) args[options] = { ...(args[options] as object), trace: {} }
        return work.apply(this, args)
      }
    const nothing = (): void => {}
    const silent = {
      update: nothing,
      increment: nothing,
      decrement: nothing,
      reset: nothing,
      timer: () => nothing,
    }
    const methodOf = (method: string | symbol): unknown => {
      if (method === 'traceFunction') return traceFunction
      return /^(register|track|create)/.test(String(method)) ? () => silent : undefined
    }
    const metrics = new Proxy({}, { get: (_, method) => methodOf(method) })
    const [a] = await createPair({ metrics })
    const name = nameOf(a, often)
    const host = await startTestHost(ipns({ name }))
    await name.publish('short', value, short)
    await waitForRuns(name, host, 2)
    await expect.poll(() => host.value(refreshed)).toBeGreaterThan(0)
    expect(await valuesOf(host, published, publishFailed, refreshFailed)).toEqual([1, 0, 0])
    expect([...traced]).toEqual(expect.arrayContaining(['helia.routing.put', 'libp2p.kadDHT.put']))
  })

  it('counts each run of the republisher once, at most', async () => {
    const [a] = await createPair()
    const name = nameOf(a, often)
    const host = await startTestHost(ipns({ name }))
    await name.publish('one', value, short)
    await name.publish('two', value, short)
    await name.publish('long', value)
    await waitForRuns(name, host, 3)
    const [made, ok, bad] = await valuesOf(host, runsMade, refreshed, refreshFailed)
    // those of the last run may still be pending
    expect(ok! + bad!).toBeGreaterThanOrEqual((made! - 1) * 2)
    expect(ok! + bad!).toBeLessThanOrEqual(made! * 2)
  })

  it('fails in a DHT without peers, until there is one', async () => {
    const [a, b] = [await createNode(), await createNode()]
    nameOf(b)
    const name = nameOf(a, often)
    const host = await startTestHost(ipns({ name, republishIntervalMs: 100 }))
    // resolves although no peer has the record
    await name.publish('short', value, short)
    expect(await valuesOf(host, published, publishFailed, backoff, active)).toEqual([0, 1, 1, 0])
    await waitForRuns(name, host, 2)
    await expect.poll(() => host.value(refreshFailed)).toBeGreaterThanOrEqual(2)
    expect(await valuesOf(host, refreshed, backoff, lastSuccess)).toEqual([0, 1, undefined])
    expect(await host.value(lastFailure)).toBeGreaterThan(0)
    await connect(a, b)
    await expect.poll(() => host.value(refreshed), { timeout: 10_000 }).toBeGreaterThan(0)
    await expect.poll(() => valuesOf(host, backoff, active)).toEqual([0, 1])
  })

  it('fails when the only peer refuses the record', async () => {
    const [a, b] = [await createNode(), await createNode()]
    // b cannot validate IPNS records, and refuses what it cannot validate
    await connect(a, b)
    const name = nameOf(a, often)
    const host = await startTestHost(ipns({ name }))
    await name.publish('short', value, short)
    await waitForRuns(name, host, 1)
    await expect.poll(() => host.value(refreshFailed)).toBeGreaterThan(0)
    expect(await valuesOf(host, refreshed, published)).toEqual([0, 0])
  })

  it('fails when only the local store has the record', async () => {
    const name = nameOf(await createNode({ dht: false }), often)
    const host = await startTestHost(ipns({ name }))
    await name.publish('short', value, short)
    await waitForRuns(name, host, 1)
    await expect.poll(() => host.value(refreshFailed)).toBeGreaterThan(0)
    expect(await valuesOf(host, refreshed, published, publishFailed, backoff)).toEqual([0, 0, 1, 1])
  })

  it('succeeds when one router takes the record, whatever the others answer', async () => {
    const name = nameOf(await createNode({ dht: false }), { ...often, routers: [refusing] })
    const host = await startTestHost(ipns({ name }))
    await expect(name.publish('short', value, short)).rejects.toThrow('no')
    expect(await valuesOf(host, publishFailed, backoff)).toEqual([1, 1])
    await waitForRuns(name, host, 2)
    await expect.poll(() => host.value(refreshFailed)).toBeGreaterThan(0)
    expect(await valuesOf(host, refreshed, backoff)).toEqual([0, 1])
    // added later; the republisher ignores the error of the other
    name.routers.push(taking)
    await expect.poll(() => host.value(refreshed)).toBeGreaterThan(0)
    expect(await valuesOf(host, backoff, active)).toEqual([0, 1])
    expect(await host.value(putsOf('Taking', 'failure'))).toBe(0)
    expect(await host.value(putsOf('Refusing', 'success'))).toBe(0)
    expect(await host.value(putsOf('Refusing', 'failure'))).toBeGreaterThan(2)
  })

  it('is counted at a router that was added after the last collection', async () => {
    const name = nameOf(await createNode({ dht: false }))
    const host = await startTestHost(ipns({ name }))
    name.routers.push({ ...taking })
    await name.publish('first', value)
    expect(await valuesOf(host, published, publishFailed)).toEqual([1, 0])
  })

  it('succeeds in the DHT after another router of Helia has refused, which rejects the publish', async () => {
    const [a] = await createPair()
    a.addRouter({ name: 'hasty', put: () => Promise.reject(new Error('not allowed')) })
    const name = nameOf(a, often)
    const host = await startTestHost(ipns({ name }))
    await expect(name.publish('short', value, short)).rejects.toThrow('not allowed')
    await expect.poll(() => host.value(published)).toBe(1)
    await waitForRuns(name, host, 1)
    await expect.poll(() => host.value(refreshed)).toBeGreaterThan(0)
    expect(await host.value(refreshFailed)).toBe(0)
    expect(await host.value(putsOf('hasty', 'failure'))).toBeGreaterThan(1)
    expect(await host.value(putsOf('dht', 'success'))).toBeGreaterThan(1)
  })

  it('succeeds when a content router of libp2p took the record, with no peer in the DHT', async () => {
    const name = nameOf(await createNode({ contentRouters: [() => ({ put: () => Promise.resolve() })] }))
    const host = await startTestHost(ipns({ name }))
    await name.publish('delegated', value)
    expect(await valuesOf(host, published, publishFailed, active)).toEqual([1, 0, 1])
    expect(await valuesOf(host, putsOf('dht', 'failure'), putsOf('unknown', 'success'))).toEqual([1, 1])
  })

  it('succeeds when a router of Helia took the record, such as one over HTTP', async () => {
    const node = await createNode({ dht: false })
    node.addRouter({ name: 'over-http', put: () => Promise.resolve() })
    const name = nameOf(node, often)
    const host = await startTestHost(ipns({ name }))
    await name.publish('delegated', value, short)
    expect(await valuesOf(host, published, publishFailed, active)).toEqual([1, 0, 1])
    await waitForRuns(name, host, 1)
    await expect.poll(() => host.value(putsOf('over-http', 'success'))).toBeGreaterThan(1)
  })

  it('that fails after one that succeeded starts a back-off, and a publish that succeeds ends it', async () => {
    const name = nameOf(await createNode({ dht: false }), often)
    let isWorking = true
    const unstable = {
      ...noGet,
      put: () => (isWorking ? Promise.resolve() : Promise.reject(new Error('unstable'))),
    }
    name.routers.push(unstable)
    const host = await startTestHost(ipns({ name }))
    await name.publish('short', value, short)
    await waitForRuns(name, host, 1)
    await expect.poll(() => host.value(refreshed)).toBeGreaterThan(0)
    expect(await valuesOf(host, active, backoff)).toEqual([1, 0])
    isWorking = false
    await expect.poll(() => valuesOf(host, active, backoff)).toEqual([0, 1])
    await finishRun(name)
    isWorking = true
    await name.publish('short', value, short)
    expect(await valuesOf(host, active, backoff, published)).toEqual([1, 0, 2])
  })

  it('is pending as long as a router hangs, and does not delay a collection', async () => {
    const held: (() => void)[] = []
    const hanging = { ...noGet, put: () => new Promise<void>((resolve) => held.push(resolve)) }
    const name = nameOf(await createNode({ dht: false }), { ...often, routers: [hanging] })
    const host = await startTestHost(ipns({ name }))
    await name.publish('short', value, { ...short, offline: true })
    name.start()
    await until(() => held.length > 0, 'the router to be called')
    const started = performance.now()
    expect(await valuesOf(host, refreshed, refreshFailed, active, backoff)).toEqual([0, 0, 1, 0])
    expect(performance.now() - started).toBeLessThan(1_000)
    // Helia waits for it too, and starts no further run
    expect(await host.value(runsMade)).toBe(1)
    held[0]()
    await expect.poll(() => host.value(refreshed)).toBe(1)
  })

  it('that the application makes itself, of a record that the node does not keep, is counted as other', async () => {
    const name = nameOf(await createNode({ dht: false }), { routers: [{ ...taking }] })
    const host = await startTestHost(ipns({ name }))
    const key = new TextEncoder().encode('/ipns/somebody')
    await Promise.all(name.routers.map((router) => router.put(key, Uint8Array.of(1))))
    const other = 'libp2p_ipns_refresh_total{namespace="other",result="success"}'
    expect(await valuesOf(host, other, tracked, refreshed)).toEqual([1, 0, 0])
  })
})
