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

/**
 * Reads the times of a record in the form in which a DHT stores it: a libp2p record (field 2 is the value, field 5 the
 * time at which it was received) around an IPNS entry (field 9 is the signed DAG-CBOR data).
 * Throws `RangeError` for anything else, and for a validity of another type.
 * Source: libp2p specs, kad-dht "RPC messages" (Record); IPNS record specification, "Record Serialization Format" and
 * "Extensible Data (DAG-CBOR)".
 */
export function readRecordTimes(stored: Uint8Array): RecordTimes {
  const record = readProtobuf(stored).bytes
  const data = readProtobuf(required(record.get(2), 'value')).bytes.get(9)
  const fields = readCborMap(required(data, 'signed data'))
  // 0 is EOL, the only validity type that exists
  if (fields.get('ValidityType') !== 0) throw new RangeError('a validity of another type')
  const validity = fields.get('Validity')
  return {
    createdMs: readTime(record.get(5)),
    validUntilMs: readTime(validity instanceof Uint8Array ? validity : undefined),
  }
}

/** RFC 3339 with up to nine digits of a second. */
function readTime(bytes: Uint8Array | undefined): number {
  const timeMs = Date.parse(utf8.decode(required(bytes, 'time')))
  if (Number.isNaN(timeMs)) throw new RangeError('no time')
  return timeMs
}

function required(bytes: Uint8Array | undefined, what: string): Uint8Array {
  if (bytes === undefined) throw new RangeError(`no ${what}`)
  return bytes
}
