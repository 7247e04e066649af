import { OptionCheck } from '@tidegauge/core'
import type { LineSettings } from './encode/line-settings.js'
import { tagStyles, type NameForm, type TagStyle } from './encode/tag-style.js'
import { parseTags } from './encode/tags.js'
import type { FlushSettings } from './flush/flusher.js'
import {
  defaultPreset,
  serverNames,
  serverPresets,
  type ServerName,
  type ServerPreset,
} from './server-presets.js'
import { isRate, type SampleSettings } from './samples/sample-series.js'
import { parseTarget, targetKeys, type Target, type TargetOptions } from './send/target.js'

/** The options of `statsd()`. */
export interface StatsdOptions extends TargetOptions {
  /** The transport's name in routes, `/health` and core's own metrics. Default: `statsd`. */
  readonly name?: string
  /** The receiver. Chooses the defaults of `tags`, `counters`, `histograms` and `nonAscii`, and the types of raw samples. */
  readonly server?: ServerName
  /** How labels are written. Default: `dogstatsd`, or what the server reads. */
  readonly tags?: TagStyle
  /** `dotted`: the dotted names of instruments and labels that have one. `underscored`: as in Prometheus. Default: `dotted`. */
  readonly names?: NameForm
  /** Comes before every name, unchanged: letters, digits, `_`, `.`, `-`. Default: no prefix. */
  readonly prefix?: string
  /** Whether label values keep characters beyond ASCII. Default: `keep`, over TCP `replace` or what the server reads. */
  readonly nonAscii?: 'keep' | 'replace'
  /** Tags of every line. A label of the same name wins, even when it is empty. Default: no tags. */
  readonly globalTags?: Readonly<Record<string, string>>
  /** The time between flushes. Default: 10,000. */
  readonly flushIntervalMs?: number
  /** Part of the interval by which a flush comes earlier or later at random, 0 to 1. Default: 0.1. */
  readonly jitterRatio?: number
  /** Whether histograms are sent as buckets, or as quantiles since the last flush. Default: `buckets`, or what the server needs. */
  readonly histograms?: 'buckets' | 'quantiles'
  /** The quantiles of `histograms: 'quantiles'`, 0 to 1. Default: 0.5, 0.9, 0.99. */
  readonly quantiles?: readonly number[]
  /** Whether an unchanged gauge is sent again: some servers forget gauges that are not. Default: `resend`. */
  readonly unchangedGauges?: 'resend' | 'skip'
  /** `whole`: fractions of a delta wait until they add up to one, because some servers cut them off. Default: `exact`, or what the server needs. */
  readonly counters?: 'exact' | 'whole'
  /** The part of a plugin's raw samples that is sent, by the plugin's name. Default: all samples. */
  readonly sampling?: Readonly<Record<string, number>>
  /** Limit for raw samples that wait to be sent. Above it, new ones are dropped and counted. Default: 1,048,576. */
  readonly maxQueuedSampleBytes?: number
  /** What to do with the lines of a broken TCP connection, which the receiver may have or not. Default: `resend`. */
  readonly brokenConnections?: 'resend' | 'drop'
}

/** The options, checked and complete. */
export interface StatsdSettings extends FlushSettings, Omit<SampleSettings, 'random'> {
  readonly name: string
  readonly target: Target
  readonly maxQueuedSampleBytes: number
}

const keys = [
  'name',
  'server',
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

/** Checks the options. Throws `OPTIONS_INVALID`, which names every wrong option. */
export function parseOptions(options: StatsdOptions = {}): StatsdSettings {
  const check = new OptionCheck('transport "statsd"')
  const given = check.object('', options, keys) as StatsdOptions
  const name = check.text('name', given.name, 'statsd')
  check.expect(/^[a-z][a-z0-9-]*$/.test(name), 'name', name, 'lower case letters, digits and hyphens')
  const target = parseTarget(check, given)
  const preset = parseServer(check, given.server)
  const settings: StatsdSettings = {
    name,
    target,
    lines: parseLines(check, given, { preset, protocol: target.protocol }),
    ...(preset.sampleType && { sampleType: preset.sampleType }),
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

function parseServer(check: OptionCheck, server: unknown): ServerPreset {
  if (server === undefined) return defaultPreset
  return serverPresets[check.choice('server', server, 'statsd', serverNames)]
}

function parseLines(
  check: OptionCheck,
  given: StatsdOptions,
  { preset, protocol }: { readonly preset: ServerPreset; readonly protocol: Target['protocol'] },
): LineSettings {
  const { prefix = '', quantiles = [0.5, 0.9, 0.99] } = given
  const isPrefix = typeof prefix === 'string' && /^[A-Za-z0-9_.-]*$/.test(prefix)
  check.expect(isPrefix, 'prefix', prefix, 'letters, digits, "_", "." and "-"')
  const areQuantiles =
    Array.isArray(quantiles) &&
    quantiles.length > 0 &&
    quantiles.every((q, i) => typeof q === 'number' && q >= 0 && q <= 1 && quantiles.indexOf(q) === i)
  check.expect(areQuantiles, 'quantiles', quantiles, 'different numbers from 0 to 1')
  return {
    style: check.choice('tags', given.tags, preset.tags, tagStyles),
    names: check.choice('names', given.names, 'dotted', ['dotted', 'underscored']),
    prefix,
    nonAscii: check.choice('nonAscii', given.nonAscii, protocol === 'tcp' ? preset.nonAscii : 'keep', [
      'keep',
      'replace',
    ]),
    globalTags: parseTags(check, 'globalTags', given.globalTags),
    histograms: check.choice('histograms', given.histograms, preset.histograms, ['buckets', 'quantiles']),
    quantiles,
    unchangedGauges: check.choice('unchangedGauges', given.unchangedGauges, 'resend', ['resend', 'skip']),
    counters: check.choice('counters', given.counters, preset.counters, ['exact', 'whole']),
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
