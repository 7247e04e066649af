import { paddedBytes, type ByteBuffer } from './byte-buffer.js'
import { tagSyntax, type TagStyle } from './tag-style.js'
import type { Tag } from './tags.js'

/**
 * The bytes of a line that never change. A line is: the first part, tags, the second part, the value (or value, second
 * part, tags), the third part.
 */
export interface LineParts {
  readonly view: DataView
  /** Lengths of the parts, which follow one another in `view`. */
  readonly first: number
  readonly second: number
  readonly third: number
  readonly isValueFirst: boolean
}

/** The bytes of a series' tags. */
export interface TagBytes {
  view: DataView
  at: number
  length: number
}

/** One of the lines that a family's series have: a name with a suffix, and perhaps a tag such as `le`. */
export interface LineTemplate {
  readonly name: string
  /** `total` only grows and is sent as a delta; `sum` is sent as a delta but may fall; `gauge` is sent as it is. */
  readonly kind: 'total' | 'sum' | 'gauge'
  readonly untagged: LineParts
  readonly tagged: LineParts
}

/** A template for lines of this name and kind. `extra` is the tag that only this line has. */
export function createLineTemplate(
  line: { readonly name: string; readonly kind: LineTemplate['kind']; readonly extra?: Tag | undefined },
  style: TagStyle,
): LineTemplate {
  const typed = { ...line, type: line.kind === 'gauge' ? 'g' : 'c' }
  return {
    name: line.name,
    kind: line.kind,
    untagged: createLineParts({ ...typed, hasTags: false }, style),
    tagged: createLineParts({ ...typed, hasTags: true }, style),
  }
}

/** The parts of a line. `type` is such as `c` or `ms|@0.1`; `hasTags` says whether the series has tags. */
export function createLineParts(
  line: {
    readonly name: string
    readonly type: string
    readonly extra?: Tag | undefined
    readonly hasTags: boolean
  },
  style: TagStyle,
): LineParts {
  const { name, type, extra, hasTags } = line
  const { equals, open, separator, close, isValueFirst } = tagSyntax[style]
  const isTagged = hasTags || extra !== undefined
  const extraText = extra === undefined ? '' : `${hasTags ? separator : open}${extra[0]}${equals}${extra[1]}`
  const texts = isValueFirst
    ? [`${name}:`, `|${type}${isTagged ? '|#' : ''}`, `${extraText}\n`]
    : [name, `${extraText}${isTagged ? close : ''}:`, `|${type}\n`]
  const [first, second, third] = texts.map((text) => paddedBytes(text).length)
  return { view: paddedBytes(texts.join('')).view, first, second, third, isValueFirst }
}

/** Writes one line. */
export function writeLine(buffer: ByteBuffer, parts: LineParts, tags: TagBytes, value: number): void {
  const { view, first, second, third } = parts
  buffer.copy(view, 0, first)
  if (parts.isValueFirst) buffer.number(value)
  else buffer.copy(tags.view, tags.at, tags.length)
  buffer.copy(view, first, second)
  if (parts.isValueFirst) buffer.copy(tags.view, tags.at, tags.length)
  else buffer.number(value)
  buffer.copy(view, first + second, third)
}
