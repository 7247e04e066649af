/**
 * The parts of Helia and `@helia/ipns` that this plugin uses, as types of its own, so that users need no particular
 * version. What the libraries keep private is read with `safeGet` and listed in `internals.ts`.
 */
import { safeGet, safeGetMethod } from '@tidegauge/attach'

/** A key of a datastore, as far as it is used here. */
export interface KeyLike {
  toString(): string
}

/** A key and its value in a datastore. */
export interface PairLike {
  readonly key: KeyLike
  readonly value: Uint8Array
}

/** Helia's datastore, as far as it is used here. */
export interface DatastoreLike {
  query(
    query: { readonly prefix?: string },
    options?: { signal?: AbortSignal },
  ): AsyncIterable<PairLike> | Iterable<PairLike>
  // `never`: each datastore wants the key class of its own copy of interface-datastore
  get(key: never, options?: { signal?: AbortSignal }): Uint8Array | Promise<Uint8Array>
}

/** The object that `ipns(helia)` of `@helia/ipns` returns. */
export interface IpnsLike {
  readonly routers: readonly object[]
  publish(...args: never[]): Promise<unknown>
}

/** A Helia node. */
export interface HeliaLike {
  readonly datastore: DatastoreLike
  readonly routing?: object
  /** `started` while it runs. */
  readonly status?: string
}

/** An `IPNS` object with its node. */
export interface NodeLike {
  readonly name: IpnsLike
  readonly helia: Partial<HeliaLike>
}

/** An object; or a function that returns the present one, for applications that replace theirs. */
export type Replaceable<T> = T | (() => T | undefined)

const NO_NODE: Partial<HeliaLike> = Object.freeze({})

/** The node of an `IPNS` object: the one that the user passed, else the one that `name` was created with. */
export function nodeOf(name: IpnsLike, helia: HeliaLike | undefined): NodeLike {
  return { name, helia: helia ?? (safeGet(name, 'components') as Partial<HeliaLike> | undefined) ?? NO_NODE }
}

/** Whether a value is an `IPNS` object, by what each version has. */
export function isIpns(value: unknown): value is IpnsLike {
  return Array.isArray(safeGet(value, 'routers')) && safeGetMethod(value, 'publish') !== undefined
}

/** Whether a value is a Helia node, by what each version has. */
export function isHelia(value: unknown): value is HeliaLike {
  return isDatastore(safeGet(value, 'datastore'))
}

/** Whether records can be read from a value. */
export function isDatastore(value: unknown): value is DatastoreLike {
  return safeGetMethod(value, 'query') !== undefined && safeGetMethod(value, 'get') !== undefined
}
