import { MemoryDatastore } from 'datastore-core'
import type { Key, Pair, Query } from 'interface-datastore'

type Options = Parameters<MemoryDatastore['query']>[1]

/** A datastore that can be broken, or made to hang. */
export class FaultyDatastore extends MemoryDatastore {
  /** What reading does. `unreadable` are records alone. */
  state: 'well' | 'broken' | 'unreadable' | 'hanging' = 'well'
  /** Queries that were made, by prefix. */
  readonly queries: (string | undefined)[] = []
  /** Writing waits for it. */
  writing: Promise<void> = Promise.resolve()
  /** Helia's listing of records waits for it. */
  listing: Promise<void> = Promise.resolve()
  /** Writes that wait. */
  waiting = 0

  override get(key: Key): Uint8Array | Promise<Uint8Array> {
    const isRecord = key.toString().startsWith('/dht/record/')
    if (this.state === 'broken' || (this.state === 'unreadable' && isRecord)) throw new Error('disk on fire')
    return super.get(key)
  }

  override async put(key: Key, value: Uint8Array): Promise<Key> {
    this.waiting++
    await this.writing
    this.waiting--
    return super.put(key, value)
  }

  override async *query(query: Query, options?: Options): AsyncGenerator<Pair> {
    this.queries.push(query.prefix)
    if (this.state === 'broken') throw new Error('disk on fire')
    if (this.state === 'hanging') await new Promise(() => {})
    if (query.prefix === '/dht/record/') await this.listing
    yield* super.query(query, options)
  }
}
