/** Parts of a file that are written by a tool: between `<!-- generated:NAME -->` and `<!-- /generated -->`. */

/** Replaces a block's content; throws when the file has no such block. */
export function replaceBlock(text: string, name: string, content: string): string {
  const open = `<!-- generated:${name} -->`
  const close = '<!-- /generated -->'
  const from = text.indexOf(open)
  const to = text.indexOf(close, from)
  if (from < 0 || to < 0) throw new Error(`no block ${open} … ${close}`)
  return `${text.slice(0, from + open.length)}\n\n${content.trim()}\n\n${text.slice(to)}`
}

export function hasBlock(text: string, name: string): boolean {
  return text.includes(`<!-- generated:${name} -->`)
}
