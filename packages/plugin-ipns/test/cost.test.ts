import { MemoryDatastore } from 'datastore-core'
import { Key } from 'interface-datastore'
import { expect, it } from 'vitest'
import { encodeBase32 } from '../src/codec/base32.js'
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

it('reads a thousand records in less than 20 ms of the processor, and nothing while nothing was written', async () => {
  const name = nameOf(await createNode({ datastore: await datastoreWith(1_000) }))
  const again = await startHost(ipns({ name, recordsMaxAgeMs: 0 }))
  expect(await again.value(tracked)).toBe(1_000)
  const kept = await startHost(ipns({ name }))
  const cost = async (read: () => Promise<unknown>): Promise<number> => {
    const times: number[] = []
    for (let i = 0; i < 15; i++) {
      const before = process.cpuUsage()
      await read()
      const { user, system } = process.cpuUsage(before)
      times.push((user + system) / 1000)
    }
    return Math.min(...times)
  }
  const [reading, keeping] = [await cost(again.read), await cost(kept.read)]
  expect(reading).toBeLessThan(20)
  expect(keeping).toBeLessThan(5)
})

it('reads twenty thousand records without holding the event loop', async () => {
  const name = nameOf(await createNode({ datastore: await datastoreWith(20_000) }))
  const host = await startHost(ipns({ name, recordsMaxAgeMs: 0 }))
  let turns = 0
  let isDone = false
  const turn = (): void => {
    turns++
    if (!isDone) setImmediate(turn)
  }
  setImmediate(turn)
  await host.read()
  isDone = true
  expect(turns).toBeGreaterThan(10)
})
