import { safeGetMethod } from '@tidegauge/attach'

/** A key of a datastore; its text is all that counts. */
export interface KeyLike {
  toString(): string
}

/** Helia's datastore, as far as records are read from it. */
export interface DatastoreLike {
  query(
    query: { readonly prefix?: string },
    options?: { signal?: AbortSignal },
  ): AsyncIterable<PairLike> | Iterable<PairLike>
  // `never`: each datastore wants the key class of its own copy of interface-datastore
  get(key: never, options?: { signal?: AbortSignal }): Uint8Array | Promise<Uint8Array>
}

export interface PairLike {
  readonly key: KeyLike
  readonly value: Uint8Array
}

/** Something that records are handed to: a router of IPNS, of Helia or of libp2p. */
export interface RouterLike {
  readonly name?: string
}

/** The object that `ipns(helia)` of `@helia/ipns` returns. */
export interface IpnsLike {
  readonly routers: readonly object[]
  publish(...args: never[]): Promise<unknown>
}

/** What `IpnsLike` has beside, without saying so in its type. Seen in @helia/ipns 10.1.0. */
export interface IpnsInternals {
  /** The Helia node that it was made with. */
  readonly components?: Partial<HeliaLike>
  /** Whether the republisher runs. */
  readonly started?: boolean
  /** What the publisher, the republisher and the resolver share. */
  readonly localStore?: object
}

/** A Helia node. */
export interface HeliaLike {
  readonly datastore: DatastoreLike
  readonly routing?: object
  /** `started` while it runs. */
  readonly status?: string
}

/** A libp2p node. */
export interface Libp2pLike {
  readonly services?: Readonly<Record<string, unknown>>
  readonly contentRouting?: object
}

/** Whether records can be read from it. */
export function isDatastore(value: unknown): value is DatastoreLike {
  return safeGetMethod(value, 'query') !== undefined && safeGetMethod(value, 'get') !== undefined
}
