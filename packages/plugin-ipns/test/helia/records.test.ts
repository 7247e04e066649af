import { createManualClock, startTestHost } from '@tidegauge/testkit'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { ipns } from '../../src/index.js'
import { all, createNode, createPair, HOUR_MS, nameOf, value } from '../support/nodes.js'
import {
  active,
  backoff,
  lastSuccess,
  nextAttempt,
  overdue,
  published,
  publishFailed,
  refreshed,
  refreshFailed,
  running,
  runsFailed,
  runsMade,
  tracked,
  valuesOf,
} from '../support/series.js'

describe('the records of a Helia node', () => {
  it('are tracked from publish to unpublish, and found by another node', async () => {
    const [a, b] = await createPair()
    const [name, other] = [nameOf(a), nameOf(b)]
    const host = await startTestHost(ipns({ name }))
    expect(await valuesOf(host, tracked, active, backoff, refreshed, refreshFailed)).toEqual([0, 0, 0, 0, 0])
    const { publicKey } = await name.publish('long', value)
    const found = await all(other.resolve(publicKey, { nocache: true }))
    expect(found[0].value).toBe(`/ipfs/${value.toString()}`)
    await name.publish('short', value, { lifetime: HOUR_MS })
    const values = await host.read()
    expect(Object.fromEntries(values)).toEqual({
      [tracked]: 2,
      [overdue]: 1,
      [active]: 2,
      [backoff]: 0,
      [refreshed]: 0,
      [refreshFailed]: 0,
      [published]: 2,
      [publishFailed]: 0,
      'libp2p_ipns_router_puts_total{router="dht",result="success"}': 2,
      'libp2p_ipns_router_puts_total{router="dht",result="failure"}': 0,
      [running]: 0,
      [runsMade]: 0,
      [runsFailed]: 0,
    })
    await name.unpublish('short')
    expect(await valuesOf(host, tracked, overdue, active)).toEqual([1, 0, 1])
  })

  it('are its own: those that it stores for others or has resolved are not tracked', async () => {
    const [a, b] = await createPair()
    const [name, other] = [nameOf(a), nameOf(b)]
    const host = await startTestHost({
      a: ipns({ name, recordsMaxAgeMs: 0 }),
      b: ipns({ name: other, recordsMaxAgeMs: 0 }),
    })
    const { publicKey } = await name.publish('mine', value)
    await all(other.resolve(publicKey, { nocache: true }))
    const kept = await all(b.datastore.queryKeys({ prefix: '/dht/record/' }))
    expect(kept).toHaveLength(1)
    expect(await host.value('libp2p_ipns_records_total{state="tracked",node="a"}')).toBe(1)
    expect(await host.value('libp2p_ipns_records_total{state="tracked",node="b"}')).toBe(0)
  })

  it('that were published offline are tracked, and are not counted as published', async () => {
    const name = nameOf(await createNode())
    const host = await startTestHost(ipns({ name }))
    expect(await host.value(tracked)).toBe(0)
    await name.publish('offline', value, { offline: true })
    expect(await valuesOf(host, tracked, active, published, publishFailed)).toEqual([1, 1, 0, 0])
  })

  it('that another ipns() on the node publishes are read when the last read is too old', async () => {
    const node = await createNode()
    const clock = createManualClock(Date.now())
    const host = await startTestHost(ipns({ name: nameOf(node), recordsMaxAgeMs: 5_000 }), { clock })
    expect(await host.value(tracked)).toBe(0)
    await nameOf(node).publish('theirs', value, { offline: true })
    await clock.advance(4_000)
    expect(await host.value(tracked)).toBe(0)
    await clock.advance(2_000)
    expect(await host.value(tracked)).toBe(1)
  })

  it('are due when they are for the republisher: a day after they were written', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    onTestFinished(() => void vi.useRealTimers())
    const [a] = await createPair()
    const name = nameOf(a, { republishInterval: 50 })
    const host = await startTestHost(ipns({ name }))
    name.start()
    await name.publish('long', value, { lifetime: 30 * 24 * HOUR_MS })
    const publishedAt = Date.now()
    const [seconds] = await valuesOf(host, nextAttempt)
    expect(seconds).toBeCloseTo(24 * 3_600, 0)
    vi.setSystemTime(publishedAt + 24 * HOUR_MS - 60_000)
    const runs = (await host.value(runsMade))!
    await expect.poll(() => host.value(runsMade)).toBeGreaterThan(runs + 2)
    expect(await valuesOf(host, overdue, refreshed)).toEqual([0, 0])
    name.stop()
    vi.setSystemTime(publishedAt + 24 * HOUR_MS + 60_000)
    expect(await valuesOf(host, overdue, refreshed)).toEqual([1, 0])
    name.start()
    await expect.poll(() => host.value(refreshed)).toBe(1)
    const [due, last] = await valuesOf(host, overdue, lastSuccess)
    expect(due).toBe(0)
    expect(Math.abs(last! - Date.now() / 1000)).toBeLessThan(5)
  })

  it('are due a day before they are no longer valid, whichever comes first', async () => {
    const name = nameOf(await createNode())
    const clock = createManualClock(Date.now())
    const host = await startTestHost(ipns({ name }), { clock })
    await name.publish('thirty hours', value, { lifetime: 30 * HOUR_MS, offline: true })
    clock.jump(6 * HOUR_MS - 60_000)
    expect(await host.value(overdue)).toBe(0)
    clock.jump(120_000)
    expect(await host.value(overdue)).toBe(1)
  })

  it('that cannot be decoded are overdue, and do not affect the others', async () => {
    const node = await createNode()
    const name = nameOf(node)
    const host = await startTestHost(ipns({ name, recordsMaxAgeMs: 0 }))
    await name.publish('good', value, { offline: true })
    const [key] = await all(node.datastore.queryKeys({ prefix: '/dht/record/' }))
    const [metadata] = await all(node.datastore.query({ prefix: '/ipns/metadata/' }))
    const at = (text: string) => Reflect.construct(key.constructor, [text, false]) as typeof key
    await node.datastore.put(at('/dht/record/aaaa'), Uint8Array.of(255))
    await node.datastore.put(at('/ipns/metadata/aaaa'), metadata.value)
    // metadata without a record: a publish that was interrupted
    await node.datastore.put(at('/ipns/metadata/bbbb'), metadata.value)
    expect(await valuesOf(host, tracked, overdue, active)).toEqual([2, 1, 1])
    expect(await host.value('libp2p_ipns_namespace_records{namespace="other",state="active"}')).toBe(1)
  })

  it('have no planned attempt while the republisher does not run', async () => {
    const name = nameOf(await createNode())
    const clock = createManualClock(Date.now())
    const host = await startTestHost(ipns({ name, republishIntervalMs: 600_000 }), { clock })
    expect(await host.value(nextAttempt)).toBeUndefined()
    await name.publish('short', value, { lifetime: HOUR_MS, offline: true })
    expect(await host.value(nextAttempt)).toBeUndefined()
    name.start()
    await expect.poll(() => host.value(runsMade)).toBe(1)
    expect(await host.value(nextAttempt)).toBeCloseTo(600, 0)
    // a jump of the system's clock does not change it
    clock.jump(300_000)
    expect(await host.value(nextAttempt)).toBeCloseTo(600, 0)
    await clock.advance(100_000)
    expect(await host.value(nextAttempt)).toBeCloseTo(500, 0)
    await clock.advance(900_000)
    expect(await host.value(nextAttempt)).toBe(0)
    name.stop()
    expect(await host.value(nextAttempt)).toBeUndefined()
  })
})
