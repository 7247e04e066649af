/** Whether received text is the recorded text, apart from characters that a line cannot contain. */
import type { Style, Tags } from '../../support/parser/index.js'

/** Characters that must be kept: fewer in a name than in a tag, because receivers remove the others. */
const kept = {
  tag: /^[\p{L}\p{N}_./+-]$/u,
  asciiTag: /^[A-Za-z0-9_./+-]$/,
  part: /^[A-Za-z0-9_-]$/,
  name: /^[A-Za-z0-9_.]$/,
}

/** What happens to characters beyond ASCII in label values. */
export type NonAscii = 'keep' | 'replace'

/** How lines are written. */
export interface Writing {
  readonly style: Style
  readonly nonAscii?: NonAscii
}

/** The registry has well-formed text without zeros. */
const registryText = (text: string) => text.toWellFormed().replaceAll('\0', '\uFFFD')

/** One character for each: the same, or `_` for one that need not be kept. */
export function isReplacedText(text: string, received: string, where: keyof typeof kept): boolean {
  const [expected, actual] = [Array.from(registryText(text)), Array.from(received)]
  return (
    expected.length === actual.length &&
    expected.every((one, i) => one === actual[i] || (actual[i] === '_' && !kept[where].test(one)))
  )
}

/** A name that does not start with a letter may have an extra one, and one that every object has an underscore. */
export function isReplacedName(name: string, received: string): boolean {
  const candidates = [received, received.replace(/^m/, ''), received.replace(/_$/, '')]
  return candidates.some((one) => isReplacedText(name, one, 'name'))
}

/** Why the tags of a line are not those of the labels, in their order; undefined when they are. */
export function tagProblem(
  { style, nonAscii = 'keep' }: Writing,
  labels: Tags,
  received: Tags,
): string | undefined {
  const tag = nonAscii === 'keep' ? 'tag' : 'asciiTag'
  const where = style === 'none' ? 'part' : tag
  const expected = labels.filter(([, value]) => value !== '')
  const isSame =
    expected.length === received.length &&
    expected.every(
      ([name, value], i) =>
        isReplacedText(name, received[i][0], 'name') && isReplacedText(value, received[i][1], where),
    )
  return isSame ? undefined : `${JSON.stringify(received)} instead of ${JSON.stringify(expected)}`
}
