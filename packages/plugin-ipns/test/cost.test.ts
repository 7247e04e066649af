import { MemoryDatastore } from 'datastore-core'
import { Key } from 'interface-datastore'
import { expect, it } from 'vitest'
import { encodeBase32 } from '../src/codec/base32.js'
import { readStoredRecords } from '../src/helia/stored-records.js'
import { ipns } from '../src/index.js'
import { startHost } from './support/host.js'
import { all, createNode, nameOf, value } from './support/nodes.js'
import { tracked } from './support/series.js'

/** A datastore with as many copies of a real record under keys of their own. */
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

it('reads the records again when they are too old, and nothing while nothing was written', async () => {
  const datastore = await datastoreWith(1_000)
  const name = nameOf(await createNode({ datastore }))
  const again = await startHost(ipns({ name, recordsMaxAgeMs: 0 }))
  expect(await again.value(tracked)).toBe(1_000)
  const kept = await startHost(ipns({ name }))
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
