import { safeGetMethod } from '@tidegauge/attach'
import { OptionCheck } from '@tidegauge/core'
import { DEFAULT_REPUBLISH_INTERVAL_MS } from './helia/due-time.js'
import { isHelia, isIpns, type HeliaLike, type IpnsLike, type Replaceable } from './helia/shapes.js'
import type { NamespaceFunction } from './records/record.js'
import type { IpnsSource } from './source.js'

/** For the records of a Helia node. */
export interface HeliaOptions {
  /**
   * What `ipns(helia)` of `@helia/ipns` returned; or a function that returns the present one, or undefined when there
   * is none, and is called at each pass.
   */
  readonly name: IpnsLike | (() => IpnsLike | undefined)
  /** The Helia node; a function when `name` is one. Default: the one that `name` was created with. */
  readonly helia?: HeliaLike | (() => HeliaLike | undefined)
  /**
   * The `republishInterval` that `ipns(helia, { republishInterval })` was given: it cannot be read back, and the next
   * attempt is computed from it. Unit: milliseconds. Default 3,600,000 (an hour), which is Helia's.
   */
  readonly republishIntervalMs?: number
  /**
   * How long the records that were read last may be used when no write has been observed since. Unit: milliseconds.
   * Default 60,000.
   */
  readonly recordsMaxAgeMs?: number
  /** Returns the namespace of a record. Default: the first segment of its routing key, which is `ipns`. */
  readonly namespace?: NamespaceFunction
  /** How many namespaces get their own series, 1 to 1,000; further ones are counted as `other`. Default 100. */
  readonly maxNamespaces?: number
}

/** For the records of another stack. */
export interface SourceOptions {
  /** Where the values come from, such as `createIpnsRecorder()`. */
  readonly source: IpnsSource
  /** How many namespaces get their own series, 1 to 1,000; further ones are counted as `other`. Default 100. */
  readonly maxNamespaces?: number
}

/** What a user may pass to `ipns()`. */
export type IpnsOptions = HeliaOptions | SourceOptions

/** The options for a Helia node, with their defaults. */
export interface HeliaSettings {
  readonly name: Replaceable<IpnsLike>
  readonly helia: Replaceable<HeliaLike> | undefined
  readonly republishIntervalMs: number
  readonly recordsMaxAgeMs: number
  readonly namespace: NamespaceFunction | undefined
  readonly maxNamespaces: number
}

/** The options with their defaults. */
export type IpnsSettings =
  | { readonly source: IpnsSource; readonly maxNamespaces: number }
  | ({ readonly source: undefined } & HeliaSettings)

/** What the option `name` is, or returns. */
export const IPNS = 'what ipns(helia) of @helia/ipns returned'

/** What the option `helia` is, or returns. */
export const HELIA = 'a Helia node, with its datastore'

const heliaKeys = ['name', 'helia', 'republishIntervalMs', 'recordsMaxAgeMs', 'namespace', 'maxNamespaces']
const MAX_MS = 2 ** 31 - 1

/** Checks the options and fills in the defaults. Throws `OPTIONS_INVALID` that names every wrong option. */
export function parseOptions(options: IpnsOptions): IpnsSettings {
  const check = new OptionCheck('plugin "ipns"')
  const hasSource = Object.hasOwn(Object(options), 'source')
  // a missing argument is reported like a wrong one
  const given = check.object('', options ?? {}, hasSource ? ['source', 'maxNamespaces'] : heliaKeys)
  const maxNamespaces = check.integer('maxNamespaces', given['maxNamespaces'], 100, 1, 1_000)
  const settings = hasSource
    ? { maxNamespaces, source: parseSource(check, given['source']) }
    : { maxNamespaces, source: undefined, ...parseHelia(check, given) }
  check.assertNoIssues()
  return settings
}

function parseSource(check: OptionCheck, source: unknown): IpnsSource {
  const isSource = safeGetMethod(source, 'read') !== undefined
  check.expect(isSource, 'source', source, 'an object with a method read')
  return source as IpnsSource
}

function parseHelia(check: OptionCheck, given: Record<string, unknown>) {
  const { name, helia, namespace } = given
  const isFunction = typeof name === 'function'
  check.expect(isFunction || isIpns(name), 'name', name, `${IPNS}, or a function that returns it`)
  if (helia !== undefined) {
    const isNode = typeof helia === 'function' || isHelia(helia)
    check.expect(isNode, 'helia', helia, `${HELIA}, or a function that returns one`)
    // it would go on with the first node when the function returns another name
    const fits = !isNode || !isFunction || typeof helia === 'function'
    check.expect(fits, 'helia', helia, 'a function that returns the node, as name is a function')
  }
  const isNamespace = namespace === undefined || typeof namespace === 'function'
  check.expect(isNamespace, 'namespace', namespace, 'a function that takes a record and returns a name')
  const milliseconds = (path: string, fallback: number, min: number): number =>
    check.integer(path, given[path], fallback, min, MAX_MS)
  return {
    name: name as Replaceable<IpnsLike>,
    helia: helia as Replaceable<HeliaLike> | undefined,
    republishIntervalMs: milliseconds('republishIntervalMs', DEFAULT_REPUBLISH_INTERVAL_MS, 1),
    recordsMaxAgeMs: milliseconds('recordsMaxAgeMs', 60_000, 0),
    namespace: namespace as NamespaceFunction | undefined,
  }
}
