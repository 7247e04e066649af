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
}

/** A libp2p node. */
export interface Libp2pLike {
  readonly services?: Readonly<Record<string, unknown>>
  readonly contentRouting?: object
}

/** Field of a foreign object; undefined where there is none, and where a getter throws. */
export function fieldOf(object: unknown, name: string | symbol): unknown {
  if (typeof object !== 'object' || object === null) return undefined
  try {
    return Reflect.get(object, name)
  } catch {
    // Helia's libp2p throws until the node was started
    return undefined
  }
}

/** Whether a foreign object has a method. */
export function hasMethod(object: unknown, name: string): object is object {
  return typeof fieldOf(object, name) === 'function'
}
