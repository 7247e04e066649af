import { setImmediate } from 'node:timers/promises'
import { decodeBase32 } from '../codec/base32.js'
import { readProtobuf } from '../codec/protobuf.js'
import { readRecordTimes } from '../codec/record-times.js'
import type { IpnsRecord, StoredRecord } from '../records/record.js'
import { dueTime } from './due-time.js'
import type { DatastoreLike, KeyLike, PairLike } from './shapes.js'

// `@helia/ipns`, src/utils.ts: DHT_RECORD_PREFIX, IPNS_METADATA_PREFIX
const RECORD_PREFIX = '/dht/record/'
const METADATA_PREFIX = '/ipns/metadata/'

/** How long reading may hold the event loop at a time. */
const SLICE_MS = 3

/**
 * Reads the records that the node published itself and keeps alive, by their routing keys in base32.
 *
 * Only these have metadata. The records that the node stores for others can be many more, and are not read.
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
    const stored = await getIfPresent(datastore, keyLike(key, RECORD_PREFIX + name), signal)
    if (stored !== undefined) records.set(name, decode(name, value, stored))
    if (performance.now() - sliceMs < SLICE_MS) continue
    await setImmediate()
    signal.throwIfAborted()
    sliceMs = performance.now()
  }
  return records
}

/** A key of the same class: a datastore wants keys of interface-datastore, which this package does not depend on. */
function keyLike(key: KeyLike, text: string): KeyLike {
  return Reflect.construct(key.constructor, [text, false]) as KeyLike
}

async function getIfPresent(
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

/** A record that cannot be decoded is due: the republisher skips it, so that it is never refreshed. */
function decode(name: string, metadata: Uint8Array, stored: Uint8Array): StoredRecord {
  const routingKey = valueOf(() => decodeBase32(name)) ?? new Uint8Array()
  const known = valueOf(() => readPublishMetadata(metadata))
  const times = valueOf(() => readRecordTimes(stored))
  return {
    record: { keyName: '', lifetimeMs: 0, ...known, routingKey },
    createdMs: times?.createdMs ?? 0,
    dueMs: known === undefined || times === undefined ? 0 : dueTime(times),
  }
}

/** Source: `IPNSPublishMetadata` of `@helia/ipns`: field 1 is the name of the key, field 2 the lifetime. */
export function readPublishMetadata(stored: Uint8Array): Omit<IpnsRecord, 'routingKey'> {
  const { bytes, numbers } = readProtobuf(stored)
  return { keyName: new TextDecoder().decode(bytes.get(1)), lifetimeMs: numbers.get(2) ?? 0 }
}

function valueOf<R>(work: () => R): R | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
