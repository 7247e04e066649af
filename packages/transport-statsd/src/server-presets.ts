import type { LineSettings } from './encode/line-settings.js'
import type { TagStyle } from './encode/tag-style.js'

/** The servers that have a preset. */
export const serverNames = [
  'statsd',
  'datadog',
  'telegraf',
  'collectd',
  'netdata',
  'statsd_exporter',
] as const

/** A server that has a preset. `statsd` is the one of npm. */
export type ServerName = (typeof serverNames)[number]

/** The defaults of options that depend on the server. */
export interface ServerPreset extends Pick<LineSettings, 'counters' | 'histograms'> {
  readonly tags: TagStyle
  /** Over TCP. */
  readonly nonAscii: LineSettings['nonAscii']
  /** The type of all raw samples, when the server does not read each type as a distribution. */
  readonly sampleType?: 'ms' | 'h'
}

/** Without a server: what most servers read. */
export const defaultPreset: ServerPreset = {
  tags: 'dogstatsd',
  counters: 'exact',
  histograms: 'buckets',
  nonAscii: 'replace',
}

/**
 * - npm's `statsd` uses each interval alone, and reads unknown types such as `h` as counters (lib/helpers.js, stats.js).
 * - Datadog uses each interval alone ("DogStatsD").
 * - Telegraf reads Influx tags without an option, and cuts fractions of counters off (statsd input).
 * - collectd 5.12 refuses lines with `|#` and the type `h` (statsd.c).
 * - netdata 1.37 merges series that differ in tags, cuts fractions of counters off, and reads `d` as a word (statsd.c).
 * - statsd_exporter adds deltas up, with fractions.
 */
export const serverPresets: Readonly<Record<ServerName, ServerPreset>> = {
  statsd: { ...defaultPreset, histograms: 'quantiles', sampleType: 'ms' },
  datadog: { ...defaultPreset, histograms: 'quantiles' },
  telegraf: { ...defaultPreset, tags: 'influx', counters: 'whole', nonAscii: 'keep' },
  collectd: { ...defaultPreset, tags: 'none', histograms: 'quantiles', sampleType: 'ms' },
  netdata: { ...defaultPreset, tags: 'none', counters: 'whole', histograms: 'quantiles', sampleType: 'h' },
  statsd_exporter: { ...defaultPreset, nonAscii: 'keep' },
}
