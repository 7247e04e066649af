import { safeGetMethod } from '@tidegauge/attach'
import { OptionCheck } from '@tidegauge/core'
import { DEFAULT_REPUBLISH_INTERVAL_MS } from './helia/due.js'
import type { NamespaceFunction } from './helia/naming.js'
import { isDatastore, type HeliaLike, type IpnsLike } from './helia/shapes.js'
import type { IpnsSource } from './source.js'

/** For the records of a Helia node. */
export interface HeliaOptions {
  /** What `ipns(helia)` of `@helia/ipns` returned. */
  readonly name: IpnsLike
  /** The Helia node. Default: the one that `name` was made with. */
  readonly helia?: HeliaLike
  /**
   * What `ipns(helia, { republishInterval })` was given, which can't be read back: the next attempt is foretold by it.
   * Default 3,600,000 (an hour), which is Helia's.
   */
  readonly republishIntervalMs?: number
  /**
   * How long the records that were read last are good for, if nothing is known to have been written since. Default
   * 60,000.
   */
  readonly recordsMaxAgeMs?: number
  /** Which namespace a record belongs to. Default: what its routing key begins with, which is `ipns`. */
  readonly namespace?: NamespaceFunction
  /** Most namespaces that are told apart; further ones are counted as `other`. Default 100. */
  readonly maxNamespaces?: number
}

/** For the records of another stack. */
export interface SourceOptions {
  /** Where the figures come from. */
  readonly source: IpnsSource
  /** Most namespaces that are told apart; further ones are counted as `other`. Default 100. */
  readonly maxNamespaces?: number
}

/** What a user may pass to `ipns()`. */
export type IpnsOptions = HeliaOptions | SourceOptions

/** The options with their defaults. */
export type IpnsSettings = { readonly maxNamespaces: number } & (
  | { readonly source: IpnsSource }
  | {
      readonly source: undefined
      readonly name: IpnsLike
      readonly helia: HeliaLike | undefined
      readonly republishIntervalMs: number
      readonly recordsMaxAgeMs: number
      readonly namespace: NamespaceFunction | undefined
    }
)

const heliaKeys = ['name', 'helia', 'republishIntervalMs', 'recordsMaxAgeMs', 'namespace', 'maxNamespaces']
const MAX_MS = 2 ** 31 - 1

/** Checks everything and fills in the defaults. Throws `OPTIONS_INVALID` that names every wrong option. */
export function parseOptions(options: IpnsOptions): IpnsSettings {
  const check = new OptionCheck('plugin "ipns"')
  const hasSource = Object.hasOwn(Object(options), 'source')
  // a missing argument is told like a wrong one
  const given = check.object('', options ?? {}, hasSource ? ['source', 'maxNamespaces'] : heliaKeys)
  const maxNamespaces = check.integer('maxNamespaces', given['maxNamespaces'], 100, 1, 1_000)
  const settings = hasSource
    ? { maxNamespaces, source: readSource(check, given['source']) }
    : { maxNamespaces, source: undefined, ...readHelia(check, given) }
  check.assertNoIssues()
  return settings
}

function readSource(check: OptionCheck, source: unknown): IpnsSource {
  check.expect(
    safeGetMethod(source, 'read') !== undefined,
    'source',
    source,
    'an object with a function read',
  )
  return source as IpnsSource
}

function readHelia(check: OptionCheck, given: Record<string, unknown>) {
  const { name, helia, namespace } = given
  const isName =
    Array.isArray((name as IpnsLike | undefined)?.routers) && safeGetMethod(name, 'publish') !== undefined
  check.expect(isName, 'name', name, 'what ipns(helia) of @helia/ipns returned')
  const datastore = (helia as HeliaLike | null | undefined)?.datastore
  check.expect(
    helia === undefined || isDatastore(datastore),
    'helia',
    helia,
    'a Helia node, with its datastore',
  )
  check.expect(
    namespace === undefined || typeof namespace === 'function',
    'namespace',
    namespace,
    'a function that takes a record and returns a name',
  )
  return {
    name: name as IpnsLike,
    helia: helia as HeliaLike | undefined,
    republishIntervalMs: check.integer(
      'republishIntervalMs',
      given['republishIntervalMs'],
      DEFAULT_REPUBLISH_INTERVAL_MS,
      1,
      MAX_MS,
    ),
    recordsMaxAgeMs: check.integer('recordsMaxAgeMs', given['recordsMaxAgeMs'], 60_000, 0, MAX_MS),
    namespace: namespace as NamespaceFunction | undefined,
  }
}
