/** Parses the text after the first colon: values, a type, a sampling rate, and in one style the tags. */
import { refuse, type Kind, type Line, type Style, type Tags } from './line.js'
import { readDatadogTags } from './names-and-tags.js'

const kinds: ReadonlySet<string> = new Set(['c', 'g', 'ms', 'h', 'd', 's'])

/** Decimal, with or without an exponent, as every receiver reads it; not NaN, infinity or hexadecimal. */
const number = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/

/** Without an exponent: the original server reads `@1e-7` as 1 (`stats.js`: `/^@([\d.]+)/`). */
const rate = /^(0\.\d+|1(\.0+)?)$/

/** Datadog's optional fields in the order of its page: rate, tags, container, timestamp. */
const fieldOrder = '@#cT'

export type Values = Omit<Line, 'name'>

/** One entry for each value: DogStatsD packs several of one type (`1:2:3|h`), the others `1|c:2|ms`. */
export function readValues(style: Style, text: string, tags: Tags, line: string): Values[] {
  if (style === 'dogstatsd') return readPacked(text, line)
  return text.split(':').map((sample) => {
    const [value, kind, ...rest] = sample.split('|')
    if (rest.length > 1) refuse(line, 'it has text after the sampling rate')
    return readValue(value, readKind(kind, line), { tags, sampleRate: readRate(rest[0], line) }, line)
  })
}

function readPacked(text: string, line: string): Values[] {
  const [values, type, ...fields] = text.split('|')
  const kind = readKind(type, line)
  const order = fields.map((field) => fieldOrder.indexOf(field[0] ?? '?'))
  if (order.some((at, i) => at === -1 || at <= (order[i - 1] ?? -1)))
    refuse(line, 'a field is unknown, empty, repeated or in the wrong order')
  const field = (first: string) => fields.find((one) => one.startsWith(first))
  if (field('c') !== undefined && !/^c:.+$/.test(field('c')!)) refuse(line, 'the container is malformed')
  if (field('T') !== undefined && (!/^T\d+$/.test(field('T')!) || (kind !== 'c' && kind !== 'g')))
    refuse(line, 'the timestamp is malformed, or its type has none')
  const tagged = field('#')
  const shared = {
    tags: tagged === undefined ? [] : readDatadogTags(tagged.slice(1), line),
    sampleRate: readRate(field('@'), line),
  }
  // a colon may belong to a member of a set
  const each = kind === 's' ? [values] : values.split(':')
  return each.map((value) => readValue(value, kind, shared, line))
}

function readKind(kind: string | undefined, line: string): Kind {
  if (kind === undefined || !kinds.has(kind)) refuse(line, `the type ${JSON.stringify(kind)} is unknown`)
  return kind as Kind
}

function readRate(field: string | undefined, line: string): number {
  if (field === undefined) return 1
  const value = field.startsWith('@') && rate.test(field.slice(1)) ? Number(field.slice(1)) : 0
  return value > 0 ? value : refuse(line, `the sampling rate ${JSON.stringify(field)} is malformed`)
}

function readValue(
  text: string,
  kind: Kind,
  { tags, sampleRate }: { tags: Tags; sampleRate: number },
  line: string,
): Values {
  // sampling means that events were left out: a gauge or a set has no events (Datadog's page)
  if (sampleRate !== 1 && (kind === 'g' || kind === 's')) refuse(line, `a ${kind} is never sampled`)
  if (kind === 's') {
    if (text === '' || /\p{Cc}/u.test(text)) refuse(line, 'a set has an empty member, or a control character')
    return { tags, kind, value: Number.NaN, member: text, relative: false, sampleRate }
  }
  if (!number.test(text)) refuse(line, `the value ${JSON.stringify(text)} is not a number`)
  const value = Number(text)
  if (!Number.isFinite(value)) refuse(line, `the value ${text} is larger than any number`)
  const signed = text.startsWith('+') || text.startsWith('-')
  if (text.startsWith('+') && kind !== 'g') refuse(line, 'only a gauge has a plus sign')
  // the original server calls it a bad line (`lib/helpers.js`, `is_valid_packet`)
  if (kind === 'ms' && signed) refuse(line, 'a time is never negative')
  return { tags, kind, value, relative: kind === 'g' && signed, sampleRate }
}
