import { MemoryDatastore } from 'datastore-core'
import { Key } from 'interface-datastore'
import { expect, it } from 'vitest'
import { encodeBase32 } from '../../src/codec/base32.js'
import { readPublishMetadata, readStoredRecords } from '../../src/helia/stored-records.js'
import { ipns } from '../../src/index.js'
import { startTestHost } from '@tidegauge/testkit'
import { all, createNode, nameOf, value } from '../support/nodes.js'
import { tracked } from '../support/series.js'

/** A datastore with `count` copies of a real record, each under its own key. */
async function datastoreWith(count: number): Promise<MemoryDatastore> {
  const node = await createNode()
  await nameOf(node).publish('one', value, { offline: true })
  const [record] = await all(node.datastore.query({ prefix: '/dht/record/' }))
  const [metadata] = await all(node.datastore.query({ prefix: '/ipns/metadata/' }))
  const datastore = new MemoryDatastore()
  for (let i = 0; i < count; i++) {
    const name = encodeBase32(new TextEncoder().encode(`/ipns/${String(i).padStart(38, '0')}`))
    await datastore.put(new Key(`/dht/record/${name}`, false), record.value)
    await datastore.put(new Key(`/ipns/metadata/${name}`, false), metadata.value)
  }
  return datastore
}

it('reads the records again when they are too old, and not while nothing was written', async () => {
  const datastore = await datastoreWith(1_000)
  const name = nameOf(await createNode({ datastore }))
  const again = await startTestHost(ipns({ name, recordsMaxAgeMs: 0 }))
  expect(await again.value(tracked)).toBe(1_000)
  const kept = await startTestHost(ipns({ name }))
  expect(await kept.value(tracked)).toBe(1_000)
  let reads = 0
  for (const method of ['query', 'get', 'getMany'] as const) {
    const original = Reflect.get(datastore, method) as (...args: unknown[]) => unknown
    Reflect.set(datastore, method, (...args: unknown[]) => {
      reads++
      return original.apply(datastore, args)
    })
  }
  expect(await kept.value(tracked)).toBe(1_000)
  expect(reads).toBe(0)
  expect(await again.value(tracked)).toBe(1_000)
  expect(reads).toBeGreaterThan(0)
})

it('reads twenty thousand records without holding the event loop', async () => {
  const datastore = await datastoreWith(20_000)
  let turns = 0
  let isDone = false
  const turn = (): void => {
    turns++
    if (!isDone) setImmediate(turn)
  }
  setImmediate(turn)
  const records = await readStoredRecords(datastore, new AbortController().signal)
  isDone = true
  expect(records.size).toBe(20_000)
  expect(turns).toBeGreaterThan(10)
})

it('reads the key name and the lifetime that Helia stores beside a record', async () => {
  const node = await createNode()
  await nameOf(node).publish('schlüssel', value, { offline: true, lifetime: 123_456 })
  for await (const { value: metadata } of node.datastore.query({ prefix: '/ipns/metadata/' }))
    expect(readPublishMetadata(metadata)).toEqual({ keyName: 'schlüssel', lifetimeMs: 123_456 })
  expect(readPublishMetadata(new Uint8Array())).toEqual({ keyName: '', lifetimeMs: 0 })
})
