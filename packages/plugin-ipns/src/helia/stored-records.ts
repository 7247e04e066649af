import { setImmediate } from 'node:timers/promises'
import { decodeBase32 } from '../codec/base32.js'
import { readPublishMetadata, readRecordTimes, type PublishMetadata } from '../codec/record.js'
import { dueMs } from './due.js'
import type { DatastoreLike, KeyLike, PairLike } from './shapes.js'

/** What is known of a record that the node keeps alive. */
export interface IpnsRecord {
  /** The name of the key in Helia's keychain that it was published under. */
  readonly keyName: string
  /** For how long it is signed each time. */
  readonly lifetimeMs: number
  /** `/ipns/` and the multihash of the public key. Source: IPNS specification, "Routing Record". */
  readonly routingKey: Uint8Array
}

/** A record as it lies in the datastore. */
export interface StoredRecord {
  readonly record: IpnsRecord
  /** Milliseconds since the Unix epoch. */
  readonly createdMs: number
  /** From when on it is refreshed, in milliseconds since the Unix epoch. */
  readonly dueMs: number
  /** Whether it can be read. The republisher passes over one that can't, for ever. */
  readonly isReadable: boolean
}

// `@helia/ipns`, src/utils.ts: DHT_RECORD_PREFIX, IPNS_METADATA_PREFIX
const RECORD_PREFIX = '/dht/record/'
const METADATA_PREFIX = '/ipns/metadata/'

/** Longest that reading records holds the event loop. */
const SLICE_MS = 3

/**
 * Reads the records that the node published itself and keeps alive, by their keys in base32.
 *
 * Only these have metadata. What the node keeps for others lies beside them, is often much more, and is not read.
 * Rejects with what the datastore throws.
 */
export async function readStoredRecords(
  datastore: DatastoreLike,
  signal: AbortSignal,
): Promise<Map<string, StoredRecord>> {
  const records = new Map<string, StoredRecord>()
  let sliceMs = performance.now()
  for await (const { key, value } of datastore.query({ prefix: METADATA_PREFIX }, { signal })) {
    const name = key.toString().slice(METADATA_PREFIX.length)
    const stored = await getIfThere(datastore, keyLike(key, RECORD_PREFIX + name), signal)
    if (stored !== undefined) records.set(name, decode(name, value, stored))
    if (performance.now() - sliceMs < SLICE_MS) continue
    await setImmediate()
    signal.throwIfAborted()
    sliceMs = performance.now()
  }
  return records
}

/** A key of the same class: datastores of interface-datastore want theirs, and this package has none. */
function keyLike(key: KeyLike, text: string): KeyLike {
  return Reflect.construct(key.constructor, [text, false]) as KeyLike
}

async function getIfThere(
  datastore: DatastoreLike,
  key: KeyLike,
  signal: AbortSignal,
): Promise<PairLike['value'] | undefined> {
  try {
    return await datastore.get(key as never, { signal })
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === 'NotFoundError') return undefined
    throw thrown
  }
}

function decode(name: string, metadata: Uint8Array, stored: Uint8Array): StoredRecord {
  const known = attempt<PublishMetadata>(() => readPublishMetadata(metadata))
  const times = attempt(() => readRecordTimes(stored))
  const isReadable = known !== undefined && times !== undefined
  return {
    record: {
      keyName: known?.keyName ?? '',
      lifetimeMs: known?.lifetimeMs ?? 0,
      routingKey: attempt(() => decodeBase32(name)) ?? new Uint8Array(),
    },
    createdMs: times?.createdMs ?? 0,
    dueMs: isReadable ? dueMs(times) : 0,
    isReadable,
  }
}

function attempt<R>(work: () => R): R | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
