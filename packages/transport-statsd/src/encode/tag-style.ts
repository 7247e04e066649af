/** How labels are written. */
export type TagStyle = 'dogstatsd' | 'influx' | 'librato' | 'signalfx' | 'none'

/** Which form of a name is sent: the dotted one where there is one, or the one with underscores, as in Prometheus. */
export type NameForm = 'dotted' | 'underscored'

export const tagStyles = ['dogstatsd', 'influx', 'librato', 'signalfx', 'none'] as const

/** The separators of one style. */
export interface TagSyntax {
  /** Between a label's name and its value. */
  readonly equals: string
  /** Before the first tag. Empty for DogStatsD, where `|#` belongs to the part after the value. */
  readonly open: string
  readonly separator: string
  /** After the last tag. */
  readonly close: string
  /** Whether the value comes before the tags. */
  readonly isValueFirst: boolean
}

/**
 * - `dogstatsd`: `name:1|c|#a:b,c:d` (Datadog, "DogStatsD datagram format")
 * - `influx`: `name,a=b,c=d:1|c` (Telegraf, statsd input, "Influx Statsd")
 * - `librato`: `name#a=b,c=d:1|c` (statsd_exporter, "Tagging Extensions")
 * - `signalfx`: `name[a=b,c=d]:1|c` (the same)
 * - `none`: `name.a.b.c.d:1|c`
 */
export const tagSyntax: Readonly<Record<TagStyle, TagSyntax>> = {
  dogstatsd: { equals: ':', open: '', separator: ',', close: '', isValueFirst: true },
  influx: { equals: '=', open: ',', separator: ',', close: '', isValueFirst: false },
  librato: { equals: '=', open: '#', separator: ',', close: '', isValueFirst: false },
  signalfx: { equals: '=', open: '[', separator: ',', close: ']', isValueFirst: false },
  none: { equals: '.', open: '.', separator: '.', close: '', isValueFirst: false },
}
