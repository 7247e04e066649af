/**
 * Parts of a file that a tool writes: between `<!-- generated:KIND -->` or `<!-- generated:KIND ARGUMENT -->` and
 * `<!-- /generated -->`.
 */
export interface Block {
  readonly kind: string
  /** The word after the kind; empty when there is none. */
  readonly argument: string
}

const CLOSE = '<!-- /generated -->'

/** The blocks of a file, in order. Throws when one is not closed. */
export function blocksIn(text: string): Block[] {
  return [...text.matchAll(/^<!-- generated:(\w+)(?: (\w+))? -->$/gm)].map(
    ({ 0: open, 1: kind, 2: argument = '', index }) => {
      const after = text.slice(index + open.length)
      const close = after.indexOf(CLOSE)
      const next = after.indexOf('<!-- generated:')
      if (close < 0 || (next >= 0 && next < close)) throw new Error(`${open} has no ${CLOSE}`)
      return { kind, argument }
    },
  )
}

/** Replaces a block's content. Throws when the file has no such block. */
export function replaceBlock(text: string, { kind, argument }: Block, content: string): string {
  const open = `<!-- generated:${kind}${argument === '' ? '' : ` ${argument}`} -->`
  const from = text.indexOf(open)
  const to = text.indexOf(CLOSE, from)
  if (from < 0 || to < 0) throw new Error(`no block ${open} … ${CLOSE}`)
  return `${text.slice(0, from + open.length)}\n\n${content.trim()}\n\n${text.slice(to)}`
}
