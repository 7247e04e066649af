import { readCborMap } from './dag-cbor.js'
import { readProtobuf } from './protobuf.js'

const utf8 = new TextDecoder()

/** When a stored record was written, and until when it is valid. */
export interface RecordTimes {
  /** Milliseconds since the Unix epoch. */
  readonly createdMs: number
  /** Milliseconds since the Unix epoch. */
  readonly validUntilMs: number
}

/** What Helia keeps beside a record of its own, so that it can be refreshed. */
export interface PublishMetadata {
  /** The key in the keychain that signs the record. */
  readonly keyName: string
  readonly lifetimeMs: number
}

/**
 * Reads the times of a record as the DHT and Helia store it: a libp2p record (field 2 is the value, field 5 when it
 * was received) around an IPNS entry (field 9 is the signed DAG-CBOR data).
 * Throws `RangeError` for a record that Helia's republisher could not read either.
 * Source: libp2p specs, kad-dht "RPC messages" (Record); IPNS record specification, "Record Serialization Format" and
 * "Extensible Data (DAG-CBOR)".
 */
export function readRecordTimes(stored: Uint8Array): RecordTimes {
  const record = readProtobuf(stored).bytes
  const data = readProtobuf(demand(record.get(2), 'value')).bytes.get(9)
  const fields = readCborMap(demand(data, 'signed data'))
  // 0 is EOL, the only validity type that there is
  if (fields.get('ValidityType') !== 0) throw new RangeError('a validity of another type')
  const validity = fields.get('Validity')
  return {
    createdMs: readTime(record.get(5)),
    validUntilMs: readTime(validity instanceof Uint8Array ? validity : undefined),
  }
}

/** Source: `IPNSPublishMetadata` of `@helia/ipns`: field 1 is the name of the key, field 2 the lifetime. */
export function readPublishMetadata(stored: Uint8Array): PublishMetadata {
  const { bytes, numbers } = readProtobuf(stored)
  return { keyName: utf8.decode(bytes.get(1)), lifetimeMs: numbers.get(2) ?? 0 }
}

/** RFC 3339 with up to nine digits of a second. */
function readTime(bytes: Uint8Array | undefined): number {
  const timeMs = Date.parse(utf8.decode(demand(bytes, 'time')))
  if (Number.isNaN(timeMs)) throw new RangeError('no time')
  return timeMs
}

function demand(bytes: Uint8Array | undefined, what: string): Uint8Array {
  if (bytes === undefined) throw new RangeError(`no ${what}`)
  return bytes
}
