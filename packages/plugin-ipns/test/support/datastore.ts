import { MemoryDatastore } from 'datastore-core'
import type { Key, Pair, Query } from 'interface-datastore'

type Options = Parameters<MemoryDatastore['query']>[1]

/** A datastore that a test can break or let hang. */
export class FaultyDatastore extends MemoryDatastore {
  /** How reading behaves; in `unreadable` only records fail. */
  state: 'ok' | 'broken' | 'unreadable' | 'hanging' = 'ok'
  /** The prefix of each query. */
  readonly queries: (string | undefined)[] = []
  /** Writes wait for it. */
  writing: Promise<void> = Promise.resolve()
  /** Helia's list of records waits for it. */
  listing: Promise<void> = Promise.resolve()
  /** How many writes wait. */
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
