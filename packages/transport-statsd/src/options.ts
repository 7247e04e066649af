import { OptionCheck } from '@tidegauge/core'
import type { FlusherSettings } from './flush/flusher.js'
import type { LineSettings } from './lines/figure-writer.js'
import { tagStyles, type NameForm, type TagStyle } from './lines/style.js'
import { isRate } from './samples/samples.js'
import { parseTarget, targetKeys, type Target, type TargetOptions } from './send/target.js'

/** What `statsd()` takes. */
export interface StatsdOptions extends TargetOptions {
  /** The transport's name in routes and reports. Default `statsd`. */
  readonly name?: string
  /** How labels travel. Default `dogstatsd`, which npm's server, Telegraf and statsd_exporter read, too. */
  readonly tags?: TagStyle
  /** `dotted` (default): the dotted name where an instrument has one. `underscored`: as in Prometheus. */
  readonly names?: NameForm
  /** Stands before every name as it is: letters, digits, `_`, `.`, `-`. Default: none. */
  readonly prefix?: string
  /**
   * What becomes of characters beyond ASCII in label values: kept as UTF-8 (default but for TCP), or replaced
   * (default for TCP, where npm's server would read line breaks and separators out of them).
   */
  readonly nonAscii?: 'keep' | 'replace'
  /** Tags of every line; a series' own label of the same name is stronger. */
  readonly globalTags?: Readonly<Record<string, string>>
  /** Time between flushes. Default 10,000, as StatsD servers flush. */
  readonly flushIntervalMs?: number
  /** Part of the interval by which flushes come earlier or later at random, 0 to 1. Default 0.1. */
  readonly jitterRatio?: number
  /** Count, sum and counters of buckets (default), or count, sum and gauges of quantiles since the last flush. */
  readonly histograms?: 'buckets' | 'quantiles'
  /** The quantiles of `histograms: 'quantiles'`. Default 0.5, 0.9, 0.99. */
  readonly quantiles?: readonly number[]
  /** Whether a gauge that has not changed is sent again (default), or left out. */
  readonly unchangedGauges?: 'resend' | 'skip'
  /** `whole`: fractions of a delta wait until they are one, for receivers that cut them off. Default `exact`. */
  readonly counters?: 'exact' | 'whole'
  /** The part of a plugin's raw samples that is sent, by the plugin's name. Figures are never sampled. */
  readonly sampling?: Readonly<Record<string, number>>
  /** Most bytes of samples that wait to be sent. Default 1,048,576. */
  readonly maxQueuedSampleBytes?: number
  /** What becomes of lines of a TCP connection that broke: sent again (default), or taken for sent. */
  readonly brokenConnections?: 'resend' | 'drop'
}

/** The options, checked and complete. */
export interface StatsdSettings extends FlusherSettings {
  readonly target: Target
  readonly flushIntervalMs: number
  readonly jitterRatio: number
  readonly sampling: Readonly<Record<string, number>>
  readonly maxQueuedSampleBytes: number
}

const keys = [
  'name',
  ...targetKeys,
  'tags',
  'names',
  'prefix',
  'nonAscii',
  'globalTags',
  'flushIntervalMs',
  'jitterRatio',
  'histograms',
  'quantiles',
  'unchangedGauges',
  'counters',
  'sampling',
  'maxQueuedSampleBytes',
  'brokenConnections',
]

/** Throws `OPTIONS_INVALID` that names every wrong option. Does no I/O. */
export function parseOptions(options: StatsdOptions = {}): StatsdSettings {
  const check = new OptionCheck('transport "statsd"')
  const given = check.object('', options, keys) as StatsdOptions
  const name = check.text('name', given.name, 'statsd')
  check.expect(/^[a-z][a-z0-9-]*$/.test(name), 'name', name, 'lower case letters, digits and hyphens')
  const target = parseTarget(check, given)
  const settings: StatsdSettings = {
    name,
    target,
    lines: parseLines(check, given, target.protocol),
    flushIntervalMs: check.integer('flushIntervalMs', given.flushIntervalMs, 10_000, 10, 2 ** 31 - 1),
    jitterRatio: parseJitter(check, given.jitterRatio),
    sampling: parseSampling(check, given.sampling),
    maxQueuedSampleBytes: check.integer('maxQueuedSampleBytes', given.maxQueuedSampleBytes, 2 ** 20, 0),
    brokenConnections: check.choice('brokenConnections', given.brokenConnections, 'resend', [
      'resend',
      'drop',
    ]),
  }
  check.assertNoIssues()
  return settings
}

function parseLines(check: OptionCheck, given: StatsdOptions, protocol: Target['protocol']): LineSettings {
  const { prefix = '', quantiles = [0.5, 0.9, 0.99] } = given
  const isPrefix = typeof prefix === 'string' && /^[A-Za-z0-9_.-]*$/.test(prefix)
  check.expect(isPrefix, 'prefix', prefix, 'letters, digits, "_", "." and "-"')
  const areQuantiles =
    Array.isArray(quantiles) &&
    quantiles.length > 0 &&
    quantiles.every((q, i) => typeof q === 'number' && q >= 0 && q <= 1 && quantiles.indexOf(q) === i)
  check.expect(areQuantiles, 'quantiles', quantiles, 'different numbers from 0 to 1')
  return {
    style: check.choice('tags', given.tags, 'dogstatsd', tagStyles),
    names: check.choice('names', given.names, 'dotted', ['dotted', 'underscored']),
    prefix,
    nonAscii: check.choice('nonAscii', given.nonAscii, protocol === 'tcp' ? 'replace' : 'keep', [
      'keep',
      'replace',
    ]),
    globalTags: Object.entries(check.labels('globalTags', given.globalTags)),
    histograms: check.choice('histograms', given.histograms, 'buckets', ['buckets', 'quantiles']),
    quantiles,
    unchangedGauges: check.choice('unchangedGauges', given.unchangedGauges, 'resend', ['resend', 'skip']),
    counters: check.choice('counters', given.counters, 'exact', ['exact', 'whole']),
  }
}

function parseJitter(check: OptionCheck, ratio: unknown): number {
  if (ratio === undefined) return 0.1
  const ok = typeof ratio === 'number' && ratio >= 0 && ratio <= 1
  return check.expect(ok, 'jitterRatio', ratio, 'a number from 0 to 1') ? (ratio as number) : 0.1
}

function parseSampling(check: OptionCheck, sampling: unknown): Readonly<Record<string, number>> {
  if (sampling === undefined) return {}
  const ok = typeof sampling === 'object' && sampling !== null && Object.values(sampling).every(isRate)
  const expected = 'an object of plugin names and numbers above 0 and up to 1'
  return check.expect(ok, 'sampling', sampling, expected) ? { ...(sampling as Record<string, number>) } : {}
}
