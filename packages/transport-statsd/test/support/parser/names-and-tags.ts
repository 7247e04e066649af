/** Parses the text before the first colon: a name, and in three styles its tags. */
import { refuse, type Style, type Tags } from './line.js'

/**
 * Names that every receiver keeps unchanged. Datadog's datagram page allows ASCII letters, digits, underscores and full
 * stops; the original server keeps `-` too (`stats.js`, `sanitizeKeyName`), and removes or replaces the rest, so that two
 * names could become equal.
 */
const plainName = /^[A-Za-z0-9_.-]+$/

/** Datadog's naming policy; `_e{` and `_sc` at the start are an event and a service check, and no metric. */
const datadogName = /^[A-Za-z][A-Za-z0-9_.]*$/

/** No receiver reads these inside a tag before the colon: each of them starts or ends something. */
const endsTag = /[:|@#,=[\]]/

const control = /\p{Cc}|\u2028|\u2029/u

/** A name and its tags, from the text before the first colon. */
export function readName(style: Style, text: string, line: string): { name: string; tags: Tags } {
  const [name, tags] = split(style, text, line)
  const allowed = style === 'dogstatsd' ? datadogName : plainName
  if (!allowed.test(name)) refuse(line, `the name ${JSON.stringify(name)} is not allowed`)
  return { name, tags: tags === undefined ? [] : readTags(tags, '=', line) }
}

/** The tags of DogStatsD, without the `#`. A value may have colons (Datadog, "Getting Started with Tags"). */
export function readDatadogTags(text: string, line: string): Tags {
  return readTags(text, ':', line)
}

function split(style: Style, text: string, line: string): [name: string, tags: string | undefined] {
  switch (style) {
    case 'influx':
      return splitAt(text, ',')
    case 'librato':
      return splitAt(text, '#')
    case 'signalfx': {
      const [name, rest] = splitAt(text, '[')
      if (rest === undefined) return [name, undefined]
      // a name may continue after the bracket, but no sender needs that
      if (!rest.endsWith(']')) refuse(line, 'the tags do not end with a bracket before the colon')
      return [name, rest.slice(0, -1)]
    }
    default:
      return [text, undefined]
  }
}

function splitAt(text: string, separator: string): [before: string, after: string | undefined] {
  const at = text.indexOf(separator)
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

function readTags(text: string, separator: ':' | '=', line: string): Tags {
  const tags = text.split(',').map((tag) => readTag(tag, separator, line))
  // a receiver keeps only one of them
  if (new Set(tags.map(([key]) => key)).size < tags.length) refuse(line, 'a tag is given twice')
  return tags
}

function readTag(tag: string, separator: ':' | '=', line: string): readonly [key: string, value: string] {
  const [key, value] = splitAt(tag, separator)
  if (value === undefined) refuse(line, `the tag ${JSON.stringify(tag)} has no value`)
  // statsd_exporter drops it, Telegraf keeps an empty one that InfluxDB refuses, Datadog's page forbids it
  if (key === '' || value === '') refuse(line, `half of the tag ${JSON.stringify(tag)} is empty`)
  if (control.test(tag)) refuse(line, `the tag ${JSON.stringify(tag)} has a control character`)
  if (separator === ':') {
    // statsd_exporter removes a leading `#` of a key, because one client sends it
    if (key.startsWith('#')) refuse(line, `the tag ${JSON.stringify(tag)} starts with a second hash`)
  } else if (endsTag.test(key) || endsTag.test(value))
    refuse(line, `the tag ${JSON.stringify(tag)} ends too early`)
  return [key, value]
}
