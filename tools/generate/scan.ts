/** Finds where things end in TypeScript sources: strings, comments, brackets, types. */

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' }

/** The text of a docstring without its stars, on one line for each paragraph. */
export function cleanDocstring(comment: string): string {
  const body = comment.replace(/^\/\*\*?/, '').replace(/\*\/$/, '')
  const lines = body.split('\n').map((line) => line.replace(/^\s*\* ?/, '').trim())
  return lines
    .join('\n')
    .trim()
    .replaceAll(/([^\n])\n(?!\n)/g, '$1 ')
    .replaceAll(/\{@link (\w+)\}/g, '`$1`')
}

/** Skips spaces, separators and comments; gives the docstring that comes last. */
export function skipSpace(source: string, from: number): { readonly at: number; readonly doc: string } {
  let doc = ''
  for (let at = from; ;) {
    if (at >= source.length) throw new Error('a bracket is not closed')
    if (/[\s;,]/.test(source[at])) at++
    else if (source.startsWith('//', at)) at = endOf(source, '\n', at)
    else if (source.startsWith('/*', at)) {
      const end = endOf(source, '*/', at)
      if (source.startsWith('/**', at)) doc = cleanDocstring(source.slice(at, end))
      at = end
    } else return { at, doc }
  }
}

/** Where a type ends: at a `;`, at the bracket around it, or at the end of a line that the next does not continue. */
export function typeEnd(source: string, from: number): number {
  let isEmpty = true
  for (let at = from; at < source.length; at++) {
    const character = source[at]
    if (character === ';' || ')}]'.includes(character)) return at
    if (character === '\n' && !isEmpty && !continues(source, at)) return at
    if (source.startsWith('//', at)) at = endOf(source, '\n', at) - 2
    else if (source.startsWith('/*', at)) at = endOf(source, '*/', at) - 1
    else {
      if (!/[\s|&]/.test(character)) isEmpty = false
      at = balancedEnd(source, at)
    }
  }
  return source.length
}

/** Whether the next line with code goes on with a type. */
function continues(source: string, from: number): boolean {
  const space = /^(?:\s|\/\/.*|\/\*[^]*?\*\/)*/.exec(source.slice(from))![0]
  return /^[|&?:]/.test(source.slice(from + space.length, from + space.length + 1))
}

/** A text without the comments that are outside of its quotes. */
export function withoutComments(text: string): string {
  return text.replaceAll(/('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")|\/\/.*|\/\*[^]*?\*\//g, '$1').trim()
}

/** The index of the last character of the string or bracket that starts here; the index itself when none does. */
export function balancedEnd(source: string, at: number): number {
  const character = source[at]
  if (character === "'" || character === '"' || character === '`') {
    let end = at + 1
    while (end < source.length && source[end] !== character) end += source[end] === '\\' ? 2 : 1
    return end
  }
  const close = closing[character]
  if (close === undefined) return at
  for (let end = at + 1; end < source.length; end++) {
    if (source[end] === close && !(close === '>' && source[end - 1] === '=')) return end
    if (source.startsWith('//', end)) end = endOf(source, '\n', end) - 1
    else if (source.startsWith('/*', end)) end = endOf(source, '*/', end) - 1
    else end = balancedEnd(source, end)
  }
  throw new Error(`a bracket is not closed: ${source.slice(at, at + 60)}`)
}

function endOf(source: string, text: string, from: number): number {
  const at = source.indexOf(text, from)
  if (at < 0) throw new Error(`expected ${JSON.stringify(text)} after ${source.slice(from, from + 60)}`)
  return at + text.length
}
