/** Whether what arrived is what was recorded, but for characters that a line can't hold. */
import type { Style, Tags } from '../../support/parser/index.js'

/** These stay in every style with tags; in a name less does, because receivers take the rest out. */
const kept = {
  tag: /^[\p{L}\p{N}_./+-]$/u,
  asciiTag: /^[A-Za-z0-9_./+-]$/,
  part: /^[A-Za-z0-9_-]$/,
  name: /^[A-Za-z0-9_.]$/,
}

/** What becomes of characters beyond ASCII in label values. */
export type NonAscii = 'keep' | 'replace'

/** The registry holds well-formed text, and no zero. */
const heldText = (text: string) => text.toWellFormed().replaceAll('\0', '\uFFFD')

/** One character for each: itself, or `_` for one that need not be kept. */
export function isReplacedForm(text: string, received: string, place: keyof typeof kept): boolean {
  const [was, is] = [Array.from(heldText(text)), Array.from(received)]
  return (
    was.length === is.length &&
    was.every((one, i) => one === is[i] || (is[i] === '_' && !kept[place].test(one)))
  )
}

/** A name that begins with no letter may have gained one, and one that every object has an underscore. */
export function isReplacedName(name: string, received: string): boolean {
  const candidates = [received, received.replace(/^m/, ''), received.replace(/_$/, '')]
  return candidates.some((one) => isReplacedForm(name, one, 'name'))
}

/** Why the tags of a line are not those of the labels, in their order; undefined when they are. */
export function tagFault(
  { style, nonAscii = 'keep' }: { style: Style; nonAscii?: NonAscii },
  labels: Tags,
  received: Tags,
): string | undefined {
  const tag = nonAscii === 'keep' ? 'tag' : 'asciiTag'
  const place = style === 'none' ? 'part' : tag
  const due = labels.filter(([, value]) => value !== '')
  const isSame =
    due.length === received.length &&
    due.every(([name, value], i) => received[i][0] === name && isReplacedForm(value, received[i][1], place))
  return isSame ? undefined : `${JSON.stringify(received)} instead of ${JSON.stringify(due)}`
}
