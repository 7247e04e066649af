import { safeGetMethod } from '@tidegauge/attach'
import { OptionCheck } from '@tidegauge/core'
import { defaultGroups, matches, type GroupFunction, type GroupTable } from './bandwidth/groups.js'
import type { ForwardFactory } from './js-libp2p/metrics/metrics-like.js'
import type { ModuleFilter } from './modules/registry.js'
import type { Libp2pSource } from './source.js'
import type { WebtransportSource } from './webtransport/snapshot.js'

/** What a user may set of certificates and sessions. */
export interface WebtransportOptions {
  /**
   * Time between certificate rotations. Default: as the WebRTC-direct transport is configured (13 days).
   */
  readonly rotationIntervalMs?: number
  /** How many hashes of earlier certificates are kept. Default 2. */
  readonly keepHistory?: number
  /** The maximum number of sessions. Default: the connection manager's `maxConnections`, which limits them. */
  readonly maxSessions?: number
  /** Where sessions and certificates are read. Default: the node's WebRTC-direct listener. */
  readonly source?: WebtransportSource
}

/** For a js-libp2p node. */
export interface Libp2pNodeOptions {
  /**
   * Protocols by group, for the `…_group_…` metrics: exact names, or prefixes that end in `*`; or a function that
   * returns the group of a protocol. An exact name wins, then the longest prefix. Protocols of no group are counted as
   * `other`. Default: `defaultGroups`.
   */
  readonly groups?: GroupTable | GroupFunction
  /**
   * Which metrics of libp2p's modules are exported: all (`true`), none (`false`), those in a list of names (`*` at the
   * end stands for any ending), or those for which a function returns true. Default `true`.
   */
  readonly modules?: boolean | readonly string[] | ModuleFilter
  /**
   * Makes another implementation of libp2p's `Metrics`, such as `prometheusMetrics()`, to which every call is passed
   * on. Default: none.
   */
  readonly forward?: ForwardFactory
  /**
   * Whether bytes are also exported as `libp2p_data_transfer_bytes_total`, for dashboards made for
   * `@libp2p/prometheus-metrics`. Default `false`.
   */
  readonly prometheusMetricsNames?: boolean
  readonly webtransport?: WebtransportOptions
  /** How many protocols get their own series, 1 to 1,000; further ones are counted as `other`. Default 500. */
  readonly maxProtocols?: number
}

/** For another stack. */
export interface Libp2pSourceOptions {
  /** As for a node. */
  readonly groups?: GroupTable | GroupFunction
  /** A source for another stack, such as `createLibp2pRecorder()`. Only `groups` may be passed with it. */
  readonly source: Libp2pSource
}

/** What a user may pass to `libp2p()`. */
export type Libp2pOptions = Libp2pNodeOptions | Libp2pSourceOptions

/** The options with their defaults. */
export interface Libp2pSettings {
  readonly groups: GroupTable | GroupFunction
  readonly modules: ModuleFilter
  readonly forward: ForwardFactory | undefined
  readonly prometheusMetricsNames: boolean
  readonly webtransport: WebtransportOptions
  readonly maxProtocols: number
  readonly source: Libp2pSource | undefined
}

/** The default of `webtransport.keepHistory`. */
export const DEFAULT_KEEP_HISTORY = 2
/** The default of `maxProtocols`. */
export const DEFAULT_MAX_PROTOCOLS = 500

const nodeKeys = ['groups', 'modules', 'forward', 'prometheusMetricsNames', 'webtransport', 'maxProtocols']

/** Checks the options and fills in the defaults. Throws `OPTIONS_INVALID` that names every wrong option. */
export function parseOptions(options: Libp2pOptions = {}): Libp2pSettings {
  const check = new OptionCheck('plugin "libp2p"')
  const hasSource = (Object(options) as Partial<Libp2pSourceOptions>).source !== undefined
  const given = check.object('', options, hasSource ? ['source', 'groups'] : [...nodeKeys, 'source'])
  const settings = {
    groups: readGroups(check, given.groups),
    modules: readModules(check, given.modules),
    forward: readForward(check, given.forward),
    prometheusMetricsNames: readFlag(check, 'prometheusMetricsNames', given.prometheusMetricsNames),
    webtransport: readWebtransport(check, given.webtransport),
    maxProtocols: check.integer('maxProtocols', given.maxProtocols, DEFAULT_MAX_PROTOCOLS, 1, 1_000),
    source: readSource(check, 'source', given.source) as Libp2pSource | undefined,
  }
  check.assertNoIssues()
  return settings
}

function readGroups(check: OptionCheck, groups: unknown): GroupTable | GroupFunction {
  if (groups === undefined) return defaultGroups
  if (typeof groups === 'function') return groups as GroupFunction
  const table = check.object('groups', groups, Object.keys(Object(groups)))
  const expected = 'a list of protocols, with * at the end only'
  for (const [group, patterns] of Object.entries(table)) {
    check.expect(group !== '', 'groups', group, 'names that are not empty')
    check.expect(isPatternList(patterns), `groups.${group}`, patterns, expected)
  }
  return table as GroupTable
}

function readModules(check: OptionCheck, modules: unknown): ModuleFilter {
  if (modules === undefined || modules === true) return () => true
  if (modules === false) return () => false
  if (typeof modules === 'function') return modules as ModuleFilter
  const expected = 'true, false, a list of names (with * at the end only), or a function'
  if (!check.expect(isPatternList(modules), 'modules', modules, expected)) return () => true
  const patterns = modules as readonly string[]
  return (name) => patterns.some((pattern) => matches(pattern, name))
}

function readWebtransport(check: OptionCheck, webtransport: unknown): WebtransportOptions {
  const keys = ['rotationIntervalMs', 'keepHistory', 'maxSessions', 'source']
  const given = check.object('webtransport', webtransport, keys)
  const integer = (key: string): number | undefined =>
    given[key] === undefined ? undefined : check.integer(`webtransport.${key}`, given[key], 0, 0)
  return {
    source: readSource(check, 'webtransport.source', given.source) as WebtransportSource | undefined,
    rotationIntervalMs: integer('rotationIntervalMs'),
    keepHistory: integer('keepHistory'),
    maxSessions: integer('maxSessions'),
  }
}

function readFlag(check: OptionCheck, path: string, flag: unknown): boolean {
  check.expect(flag === undefined || typeof flag === 'boolean', path, flag, 'true or false')
  return flag === true
}

function readForward(check: OptionCheck, forward: unknown): ForwardFactory | undefined {
  check.expect(forward === undefined || typeof forward === 'function', 'forward', forward, 'a function')
  return forward as ForwardFactory | undefined
}

function readSource(check: OptionCheck, path: string, source: unknown): unknown {
  const isSource = source === undefined || safeGetMethod(source, 'read') !== undefined
  check.expect(isSource, path, source, 'an object with a function read')
  return source
}

function isPatternList(patterns: unknown): patterns is readonly string[] {
  return (
    Array.isArray(patterns) &&
    patterns.every((p) => typeof p === 'string' && /^[^*]*\*?$/.test(p) && p !== '')
  )
}
