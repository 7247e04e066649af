import { systemClock, type Clock } from '../clock.js'
import { isPlainObject, OptionCheck } from '../errors/option-check.js'
import { prefixLogger, silentLogger, stderrLogger, type Logger } from '../logger.js'
import { defaultPrivacy, privacyModes, type PrivacyRules } from '../registry/privacy.js'
import { defaultSeriesLimit } from '../registry/registry.js'
import type { View } from '../registry/views.js'

/** What a host may pass to `createTidegauge`. */
export interface TidegaugeOptions {
  /** What the host is, for transports that say so. Default name: `unknown_service:node`. */
  readonly service?: { readonly name?: string; readonly instanceId?: string }
  /** Where messages go. Default: warnings and errors to the standard error stream. `silent`: nowhere. */
  readonly logger?: Logger | 'silent'
  /** Changes to metrics by their names. Later views win. Default: none. */
  readonly views?: readonly View[]
  /** What happens to label values that can identify somebody, by privacy class. Default: shortened or hashed, see below. */
  readonly privacy?: PrivacyRules
  /** The maximum of series of an instrument unless it says otherwise. Default 2,000. */
  readonly seriesLimit?: number
  /** `off`: no `tidegauge_*` metrics. Default `on`. */
  readonly selfMetrics?: 'on' | 'off'
  /**
   * Which failures `start()` tolerates: those of plugins, of plugins and transports (`all`), or `none`. What failed is
   * tried again. Default `plugins`.
   */
  readonly tolerate?: 'plugins' | 'all' | 'none'
  /** How long `stop()` takes at most, with its last collect pass and flushes. Default 5,000. */
  readonly stopTimeoutMs?: number
  /** The clock for all times and timers, which tests replace. Default: the machine's. */
  readonly clock?: Clock
}

/** How a host runs one plugin. */
export interface UseOptions {
  /** Time between collect passes. Default 10,000; 0: only when a transport asks. */
  readonly intervalMs?: number
  /** When a pass counts as failed. Default 5,000. */
  readonly timeoutMs?: number
  /** A pull transport gets values of at most this age. Default 1,000. */
  readonly maxAgeMs?: number
  /** Part of the interval by which each tick is delayed at random, 0 to 1. Default 0.1. */
  readonly jitterRatio?: number
  /** Constant labels, such as which node of several; they distinguish two instances of a plugin. */
  readonly labels?: Readonly<Record<string, string>>
  /** Names of the transports that carry this plugin's metrics. Default: all. */
  readonly transports?: readonly string[]
}

export type HostSettings = Required<Omit<TidegaugeOptions, 'service' | 'logger'>> & {
  readonly logger: Logger
  readonly service: { readonly name: string; readonly instanceId?: string }
}

export interface RunSettings {
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly maxAgeMs: number
  readonly jitterRatio: number
  readonly labels: Readonly<Record<string, string>>
  readonly transports: readonly string[] | undefined
}

const levels = ['debug', 'info', 'warn', 'error']

const optionNames = [
  'service',
  'logger',
  'views',
  'privacy',
  'seriesLimit',
  'selfMetrics',
  'tolerate',
  'stopTimeoutMs',
  'clock',
]

/** Throws `OPTIONS_INVALID` that names every wrong option. */
export function parseOptions(options: TidegaugeOptions = {}): HostSettings {
  const check = new OptionCheck('createTidegauge')
  const given = check.object('', options, optionNames) as TidegaugeOptions
  const service = check.object('service', given.service, ['name', 'instanceId'])
  const name = check.text('service.name', service['name'], 'unknown_service:node')
  const instanceId = check.text('service.instanceId', service['instanceId'], '')
  const settings: HostSettings = {
    service: { name, ...(instanceId !== '' && { instanceId }) },
    logger: prefixLogger(parseLogger(check, given.logger), ''),
    clock: methods(check, 'clock', given.clock, systemClock, ['now', 'monotonic', 'after']),
    views: parseViews(check, given.views),
    privacy: parsePrivacy(check, given.privacy),
    seriesLimit: check.integer('seriesLimit', given.seriesLimit, defaultSeriesLimit, 1),
    selfMetrics: check.choice('selfMetrics', given.selfMetrics, 'on', ['on', 'off']),
    stopTimeoutMs: check.integer('stopTimeoutMs', given.stopTimeoutMs, 5_000, 1, 2 ** 31 - 1),
    tolerate: check.choice('tolerate', given.tolerate, 'plugins', ['plugins', 'all', 'none']),
  }
  check.assertNoIssues()
  return settings
}

/** Throws `OPTIONS_INVALID` that names every wrong option. */
export function parseUseOptions(plugin: string, options: UseOptions = {}): RunSettings {
  const check = new OptionCheck(`plugin "${plugin}"`)
  const keys = ['intervalMs', 'timeoutMs', 'maxAgeMs', 'jitterRatio', 'labels', 'transports']
  const given = check.object('', options, keys) as UseOptions
  const { jitterRatio = 0.1, transports } = given
  check.expect(
    typeof jitterRatio === 'number' && jitterRatio >= 0 && jitterRatio <= 1,
    'jitterRatio',
    jitterRatio,
    'a number from 0 to 1',
  )
  const areNames = Array.isArray(transports) && transports.every((name) => typeof name === 'string')
  check.expect(transports === undefined || areNames, 'transports', transports, 'a list of transport names')
  const settings: RunSettings = {
    intervalMs: check.integer('intervalMs', given.intervalMs, 10_000, 0, 2 ** 31 - 1),
    timeoutMs: check.integer('timeoutMs', given.timeoutMs, 5_000, 1, 2 ** 31 - 1),
    maxAgeMs: check.integer('maxAgeMs', given.maxAgeMs, 1_000, 0),
    jitterRatio,
    labels: check.labels('labels', given.labels),
    transports: areNames ? [...transports] : undefined,
  }
  check.assertNoIssues()
  return settings
}

function parseLogger(check: OptionCheck, logger: unknown): Logger {
  if (logger === 'silent') return silentLogger
  return methods(check, 'logger', logger, stderrLogger, levels)
}

function methods<T>(
  check: OptionCheck,
  path: string,
  value: unknown,
  fallback: T,
  names: readonly string[],
): T {
  if (value === undefined) return fallback
  const has = (name: string) => typeof (value as Record<string, unknown> | null)?.[name] === 'function'
  const expected = `an object with the methods ${names.join(', ')}`
  return check.expect(names.every(has), path, value, expected) ? (value as T) : fallback
}

function parseViews(check: OptionCheck, views: unknown): readonly View[] {
  if (views === undefined) return []
  if (!check.expect(Array.isArray(views), 'views', views, 'a list of views')) return []
  const keys = ['match', 'metric', 'dropLabels', 'reduce', 'labels', 'bounds', 'seriesLimit']
  for (const [i, view] of (views as readonly unknown[]).entries()) {
    const given = check.object(`views.${i}`, view ?? null, keys)
    check.expect(
      typeof given['match'] === 'string',
      `views.${i}.match`,
      given['match'],
      'a metric name or pattern',
    )
    check.choice(`views.${i}.metric`, given['metric'], 'on', ['on', 'off'])
    check.choice(`views.${i}.reduce`, given['reduce'], 'sum', ['sum', 'max', 'min', 'mean'])
    check.integer(`views.${i}.seriesLimit`, given['seriesLimit'], 1, 1)
    const { dropLabels, bounds, labels } = given
    if (dropLabels !== undefined)
      check.expect(Array.isArray(dropLabels), `views.${i}.dropLabels`, dropLabels, 'a list of label names')
    if (bounds !== undefined)
      check.expect(isAscending(bounds), `views.${i}.bounds`, bounds, 'ascending finite numbers')
    if (labels !== undefined) parseLabelRules(check, `views.${i}.labels`, labels)
  }
  return views as readonly View[]
}

function parseLabelRules(check: OptionCheck, path: string, labels: unknown): void {
  if (!check.expect(isPlainObject(labels), path, labels, 'an object of label names and rules')) return
  for (const [name, rule] of Object.entries(labels as object)) {
    const ok = privacyModes.includes(rule) || (isPlainObject(rule) && isLength(rule['truncate']))
    check.expect(ok, `${path}.${name}`, rule, `one of ${privacyModes.join(', ')} or { truncate: characters }`)
  }
}

function parsePrivacy(check: OptionCheck, privacy: unknown): PrivacyRules {
  const given = check.object('privacy', privacy, [...Object.keys(defaultPrivacy), 'salt'])
  for (const [name, mode] of Object.entries(given)) {
    if (name === 'salt') check.expect(typeof mode === 'string', 'privacy.salt', 'hidden', 'a string')
    else check.choice(`privacy.${name}`, mode, 'keep', privacyModes)
  }
  return given
}

function isLength(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0
}

function isAscending(values: unknown): boolean {
  return Array.isArray(values) && values.every((v, i) => Number.isFinite(v) && (i === 0 || v > values[i - 1]))
}
