/** The values of a server after the lines that it received: the semantics of the types, without their syntax. */
import type { Line, Style, Tags } from './line.js'
import { parseDatagram, parseStream } from './parse-datagram.js'

/** Labels of a series, in any order. */
export type Labels = Readonly<Record<string, string>>

export interface ServerModel {
  /** Parses a datagram and applies it. Throws `SyntaxError` like `parseDatagram`, and then applies nothing. */
  receive(datagram: Uint8Array): readonly Line[]
  /** The same for the bytes of one connection. */
  receiveStream(bytes: Uint8Array): readonly Line[]
  /** Undefined before the first line of that name and those tags. */
  counter(name: string, labels?: Labels): number | undefined
  gauge(name: string, labels?: Labels): number | undefined
  /** Of `ms`, `h` and `d` lines, in their order. The weight is 1 divided by the rate. */
  samples(name: string, labels?: Labels): readonly { value: number; weight: number }[]
  members(name: string, labels?: Labels): ReadonlySet<string>
  /** How many series of each type there are. */
  readonly counts: { readonly counters: number; readonly gauges: number; readonly samples: number }
}

/**
 * A server of one style.
 *
 * `signedGauges`: what a gauge with a sign means. `added` is StatsD's own rule (`docs/metric_types.md`), Telegraf's
 * and statsd_exporter's; Datadog's agent sets it as it is, `absolute`.
 */
export function createServerModel(style: Style, signedGauges: 'added' | 'absolute' = 'added'): ServerModel {
  const counters = new Map<string, number>()
  const gauges = new Map<string, number>()
  const samples = new Map<string, { value: number; weight: number }[]>()
  const sets = new Map<string, Set<string>>()
  const apply = ({ name, tags, kind, value, member, relative, sampleRate }: Line) => {
    const key = keyOf(name, tags)
    if (kind === 'c') counters.set(key, (counters.get(key) ?? 0) + value / sampleRate)
    else if (kind === 'g')
      gauges.set(key, relative && signedGauges === 'added' ? (gauges.get(key) ?? 0) + value : value)
    else if (kind === 's') sets.set(key, (sets.get(key) ?? new Set()).add(member!))
    else {
      const seen = samples.get(key) ?? []
      samples.set(key, seen)
      seen.push({ value, weight: 1 / sampleRate })
    }
  }
  const applied = (lines: readonly Line[]) => {
    lines.forEach(apply)
    return lines
  }
  const at =
    <T>(map: ReadonlyMap<string, T>) =>
    (name: string, labels: Labels = {}) =>
      map.get(keyOf(name, Object.entries(labels)))
  return {
    receive: (datagram) => applied(parseDatagram(style, datagram)),
    receiveStream: (bytes) => applied(parseStream(style, bytes)),
    counter: at(counters),
    gauge: at(gauges),
    samples: (name, labels) => at(samples)(name, labels) ?? [],
    members: (name, labels) => at(sets)(name, labels) ?? new Set(),
    get counts() {
      return { counters: counters.size, gauges: gauges.size, samples: samples.size }
    },
  }
}

function keyOf(name: string, tags: Tags): string {
  return JSON.stringify([name, ...tags.toSorted(([a], [b]) => (a < b ? -1 : 1))])
}
