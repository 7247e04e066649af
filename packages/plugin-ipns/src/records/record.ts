/** A record that the node keeps alive, as the option `namespace` is given it. */
export interface IpnsRecord {
  /** The name of the key in Helia's keychain that signs the record. Empty: unknown. */
  readonly keyName: string
  /** For how long the record is signed each time. */
  readonly lifetimeMs: number
  /** `/ipns/` and the multihash of the public key. Source: IPNS specification, "Routing Record". */
  readonly routingKey: Uint8Array
}

/** A record of the datastore. */
export interface StoredRecord {
  readonly record: IpnsRecord
  /** When it was written, in milliseconds since the Unix epoch. 0: the record cannot be read. */
  readonly createdMs: number
  /** When it becomes due for a refresh, in milliseconds since the Unix epoch. 0: the record cannot be read. */
  readonly dueMs: number
}

/** Returns the namespace that a record belongs to. */
export type NamespaceFunction = (record: IpnsRecord) => string

/** The namespace of IPNS records: the first segment of their routing keys. */
export const DEFAULT_NAMESPACE = 'ipns'

/** `ipns` for `/ipns/…`. Source: IPNS specification, "Routing Record". */
export function firstSegment({ routingKey }: IpnsRecord): string {
  const end = routingKey.indexOf(0x2f, 1)
  return new TextDecoder().decode(routingKey.subarray(1, Math.max(end, 1)))
}
