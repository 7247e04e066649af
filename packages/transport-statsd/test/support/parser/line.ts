/** The content of a StatsD line, as plain data. */

/**
 * How a line has its tags.
 *
 * `dogstatsd`: `name:1|c|#key:value,…` (Datadog, "Datagram Format and Shell Usage").
 * `influx`: `name,key=value:1|c` (Telegraf, `plugins/inputs/statsd/README.md`, "Influx Statsd").
 * `librato`: `name#key=value,…:1|c` (`librato/statsd-librato-backend`, README, "Tags").
 * `signalfx`: `name[key=value,…]:1|c` (`prometheus/statsd_exporter`, README, "Tagging Extensions").
 * `none`: `name:1|c` (`statsd/statsd`, `docs/metric_types.md`).
 */
export type Style = 'dogstatsd' | 'influx' | 'librato' | 'signalfx' | 'none'

export const styles: readonly Style[] = ['dogstatsd', 'influx', 'librato', 'signalfx', 'none']

/**
 * Counter, gauge, timer in milliseconds, histogram, distribution, set.
 *
 * `h` and `d` are Datadog's, and Telegraf and statsd_exporter read them too. The original server treats unknown types
 * as counters (`stats.js`, the last branch of `handlePacket`).
 */
export type Kind = 'c' | 'g' | 'ms' | 'h' | 'd' | 's'

export type Tags = readonly (readonly [key: string, value: string])[]

export interface Line {
  readonly name: string
  /** In the order of the line. */
  readonly tags: Tags
  readonly kind: Kind
  /** NaN for a set, whose value is a text. */
  readonly value: number
  /** The member of a set; undefined for other kinds. */
  readonly member?: string
  /** A gauge with a sign: added to what the server has, instead of replacing it. */
  readonly relative: boolean
  /** Above 0 and up to 1. */
  readonly sampleRate: number
}

/** Throws, with the line, when the format's documentation does not allow something. */
export function refuse(line: string, why: string): never {
  throw new SyntaxError(`${why}: ${JSON.stringify(line)}`)
}
