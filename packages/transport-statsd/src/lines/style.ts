import { bytesWithSlack } from '../chunk/byte-buffer.js'
import { safeValue, type ValueRules } from './sanitise.js'

/** How labels travel. */
export type TagStyle = 'dogstatsd' | 'influx' | 'librato' | 'signalfx' | 'none'

/** Whether names have dots, where there is a dotted name, or underscores as in Prometheus. */
export type NameForm = 'dotted' | 'underscored'

export const tagStyles = ['dogstatsd', 'influx', 'librato', 'signalfx', 'none'] as const

/** A label and its value, as the registry has them. */
export type Tag = readonly [name: string, value: string]

/** The three parts of a line that stay, around the series' tags and the value. */
export interface LineParts {
  readonly view: DataView
  /** Lengths of the parts, which follow one another. */
  readonly first: number
  readonly second: number
  readonly third: number
}

/**
 * How one style writes.
 *
 * A line is: first part, then tags and second part and value (or value and second part and tags), then third part.
 *
 * - `dogstatsd`: `name:1|c|#a:b,c:d` (Datadog, "DogStatsD datagram format")
 * - `influx`: `name,a=b,c=d:1|c` (Telegraf, statsd input, "Influx Statsd")
 * - `librato`: `name#a=b,c=d:1|c` (statsd_exporter, "Tagging Extensions")
 * - `signalfx`: `name[a=b,c=d]:1|c` (the same)
 * - `none`: `name.a.b.c.d:1|c`
 */
interface StyleRules {
  /** Between a label and its value. */
  readonly equals: string
  /** Before the first tag; stands with the series' tags, but for DogStatsD, where it belongs to the second part. */
  readonly open: string
  readonly separator: string
  /** Behind the last tag. */
  readonly close: string
}

const rules: Readonly<Record<TagStyle, StyleRules>> = {
  dogstatsd: { equals: ':', open: '', separator: ',', close: '' },
  influx: { equals: '=', open: ',', separator: ',', close: '' },
  librato: { equals: '=', open: '#', separator: ',', close: '' },
  signalfx: { equals: '=', open: '[', separator: ',', close: ']' },
  none: { equals: '.', open: '.', separator: '.', close: '' },
}

/** Whether the value stands before the tags. */
export function isValueFirst(style: TagStyle): boolean {
  return style === 'dogstatsd'
}

/**
 * A series' tags as one text, and whether a character had to be replaced. Of two with the same name the later one
 * counts; tags without a value are left out, because most receivers refuse them.
 */
export function tagText(tags: readonly Tag[], values: ValueRules): { text: string; isReplaced: boolean } {
  const { equals, open, separator } = rules[values.style]
  const kept = new Map<string, string>()
  let isReplaced = false
  for (const [name, value] of tags) {
    const safe = safeValue(value, values)
    isReplaced ||= safe.isReplaced
    if (safe.text === '') kept.delete(name)
    else kept.set(name, safe.text)
  }
  if (kept.size === 0) return { text: '', isReplaced }
  const words = [...kept].map(([name, value]) => `${name}${equals}${value}`)
  return { text: open + words.join(separator), isReplaced }
}

/**
 * The parts of a line of this name and type, such as `c` or `ms|@0.1`, with a tag of its own (`le`, `quantile`).
 * `hasTags` tells whether the series has some, so that what stands between them is right.
 */
export function lineParts(
  line: { readonly name: string; readonly type: string; readonly extra?: Tag | undefined },
  style: TagStyle,
  hasTags: boolean,
): LineParts {
  const { name, type, extra } = line
  const { equals, open, separator, close } = rules[style]
  const end = hasTags || extra !== undefined ? close : ''
  const more = extra === undefined ? '' : `${hasTags ? separator : open}${extra[0]}${equals}${extra[1]}`
  if (!isValueFirst(style)) return pack(name, `${more}${end}:`, `|${type}\n`)
  const tags = hasTags || extra !== undefined ? '|#' : ''
  return pack(`${name}:`, `|${type}${tags}`, `${more}\n`)
}

function pack(...texts: readonly [string, string, string]): LineParts {
  const [first, second, third] = texts.map((text) => new TextEncoder().encode(text).length)
  return { view: bytesWithSlack(texts.join('')).view, first, second, third }
}
