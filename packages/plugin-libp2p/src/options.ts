import { OptionCheck } from '@tidegauge/core'
import { defaultGroups, matches, type GroupFunction, type GroupTable } from './bandwidth/groups.js'
import type { ForwardFactory } from './hook/metrics-like.js'
import type { ModuleFilter } from './modules/registry.js'
import type { WebtransportSource } from './webtransport/source.js'

/** What a user may say of certificates and sessions. */
export interface WebtransportOptions {
  /** Time between certificate rotations. Default: what the WebRTC-direct transport is configured with (13 days). */
  readonly rotationIntervalMs?: number
  /** Hashes of earlier certificates that are kept. Default 2. */
  readonly keepHistory?: number
  /** Most sessions. Default: the connection manager's `maxConnections`, which is what limits them. */
  readonly maxSessions?: number
  /** Where the figures come from. Default: the node's WebRTC-direct listener. */
  readonly source?: WebtransportSource
}

/** What a user may pass to `libp2p()`. */
export interface Libp2pOptions {
  /**
   * Protocols by group, for the `…_group_…` metrics: exact names, or beginnings that end in `*`; or a function.
   * Replaces the default groups. Protocols of no group are counted as `other`.
   */
  readonly groups?: GroupTable | GroupFunction
  /**
   * Which metrics of libp2p's modules are exported: all (`true`, the default), none, those of a list of names
   * (a trailing `*` stands for any ending), or those that a function picks.
   */
  readonly modules?: boolean | readonly string[] | ModuleFilter
  /** Another implementation of libp2p's `Metrics` that hears everything too, such as `prometheusMetrics()`. */
  readonly forward?: ForwardFactory
  readonly webtransport?: WebtransportOptions
  /** Most protocols that are told apart; further ones are counted as `other`. Default 500. */
  readonly maxProtocols?: number
}

/** The options with their defaults. */
export interface Libp2pSettings {
  readonly groups: GroupTable | GroupFunction
  readonly modules: ModuleFilter
  readonly forward: ForwardFactory | undefined
  readonly webtransport: Omit<WebtransportOptions, 'keepHistory'> & {
    readonly keepHistory: number | undefined
  }
  readonly maxProtocols: number
}

/** Hashes that are kept when neither the user nor a source says how many. */
export const DEFAULT_KEEP_HISTORY = 2

/** Checks everything and fills in the defaults. Throws `OPTIONS_INVALID` that names every wrong option. */
export function parseOptions(options: Libp2pOptions = {}): Libp2pSettings {
  const check = new OptionCheck('plugin "libp2p"')
  const given = check.object('', options, ['groups', 'modules', 'forward', 'webtransport', 'maxProtocols'])
  const settings = {
    groups: readGroups(check, given.groups),
    modules: readModules(check, given.modules),
    forward: readFunction(check, 'forward', given.forward) as ForwardFactory | undefined,
    webtransport: readWebtransport(check, given.webtransport),
    maxProtocols: check.integer('maxProtocols', given.maxProtocols, 500, 1, 1_000),
  }
  check.assertNoIssues()
  return settings
}

function readGroups(check: OptionCheck, groups: unknown): GroupTable | GroupFunction {
  if (groups === undefined) return defaultGroups
  if (typeof groups === 'function') return groups as GroupFunction
  const table = check.object('groups', groups, Object.keys(Object(groups)))
  for (const [group, patterns] of Object.entries(table)) {
    check.expect(group !== '', 'groups', group, 'names that are not empty')
    check.expect(
      isPatternList(patterns),
      `groups.${group}`,
      patterns,
      'a list of protocols, with * at the end only',
    )
  }
  return table as GroupTable
}

function readModules(check: OptionCheck, modules: unknown): ModuleFilter {
  if (modules === undefined || modules === true) return () => true
  if (modules === false) return () => false
  if (typeof modules === 'function') return guarded(modules as ModuleFilter)
  const expected = 'true, false, a list of names (with * at the end only), or a function'
  if (!check.expect(isPatternList(modules), 'modules', modules, expected)) return () => true
  const patterns = modules as readonly string[]
  return (name) => patterns.some((pattern) => matches(pattern, name))
}

/** A filter that throws leaves the metric out. */
function guarded(filter: ModuleFilter): ModuleFilter {
  return (name) => {
    try {
      return filter(name)
    } catch {
      return false
    }
  }
}

function readWebtransport(check: OptionCheck, webtransport: unknown): Libp2pSettings['webtransport'] {
  const given = check.object('webtransport', webtransport, [
    'rotationIntervalMs',
    'keepHistory',
    'maxSessions',
    'source',
  ])
  const integer = (key: string, least: number): number | undefined =>
    given[key] === undefined ? undefined : check.integer(`webtransport.${key}`, given[key], least, least)
  const { source } = given
  const isSource = source === undefined || typeof (source as WebtransportSource | null)?.read === 'function'
  check.expect(isSource, 'webtransport.source', source, 'an object with a function read')
  return {
    ...some('rotationIntervalMs', integer('rotationIntervalMs', 0)),
    keepHistory: integer('keepHistory', 0),
    ...some('maxSessions', integer('maxSessions', 0)),
    ...some('source', source as WebtransportSource | undefined),
  }
}

function readFunction(check: OptionCheck, path: string, value: unknown): unknown {
  check.expect(value === undefined || typeof value === 'function', path, value, 'a function')
  return value
}

function isPatternList(patterns: unknown): patterns is readonly string[] {
  return (
    Array.isArray(patterns) &&
    patterns.every((p) => typeof p === 'string' && /^[^*]*\*?$/.test(p) && p !== '')
  )
}

function some<K extends string, V>(key: K, value: V | undefined): { [k in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [k in K]?: V })
}
