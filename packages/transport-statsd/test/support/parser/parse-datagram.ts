/**
 * A strict StatsD parser, written from the documentation of the formats, and independent of the encoder.
 *
 * Receivers tolerate a lot. This parser throws on everything that a document does not allow, and on what one of the
 * known receivers would misread.
 */
import type { Line, Style } from './line.js'
import { refuse } from './line.js'
import { readName } from './names-and-tags.js'
import { readValues } from './values.js'

/** The lines of one datagram: separated by line breaks, none empty, none after the last. Throws `SyntaxError`. */
export function parseDatagram(style: Style, bytes: Uint8Array): Line[] {
  return decode(bytes)
    .split('\n')
    .flatMap((line) => parseLine(style, line))
}

/**
 * The lines of one connection: each ends with a line break (`statsd/statsd`, `docs/server.md`). Throws
 * `SyntaxError`, also when the last line is incomplete.
 */
export function parseStream(style: Style, bytes: Uint8Array): Line[] {
  if (bytes.length === 0) return []
  const text = decode(bytes)
  if (!text.endsWith('\n')) refuse(text.slice(text.lastIndexOf('\n') + 1), 'the last line has no line break')
  return text
    .slice(0, -1)
    .split('\n')
    .flatMap((line) => parseLine(style, line))
}

/** One line without its line break; more than one entry when it packs several values. Throws `SyntaxError`. */
export function parseLine(style: Style, line: string): Line[] {
  if (line === '') refuse(line, 'the line is empty')
  if (/\p{Cc}/u.test(line)) refuse(line, 'it has a control character')
  const colon = line.indexOf(':')
  if (colon === -1) refuse(line, 'it has no value')
  const { name, tags } = readName(style, line.slice(0, colon), line)
  return readValues(style, line.slice(colon + 1), tags, line).map((values) => ({ name, ...values }))
}

/** Datadog's page: datagrams are UTF-8; statsd_exporter refuses a line that is not. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
}
