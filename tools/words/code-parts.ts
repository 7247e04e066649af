/** A TypeScript source with its comments, texts and regular expressions blanked out; lines stay where they are. */
export function codeOf(source: string): string {
  let code = ''
  /** One entry for each template whose expression we are in: how many braces are open in the expression. */
  const templates: number[] = []
  for (let at = 0; at < source.length;) {
    const end = endOfText(source, at, code, templates)
    if (end === at) {
      code += source[at]
      trackBraces(source[at], templates)
      at++
      continue
    }
    code += source.slice(at, end).replaceAll(/[^\n]/g, ' ')
    at = end
  }
  return code
}

/** Where a comment, text or regular expression that starts here ends; `at` when none starts here. */
function endOfText(source: string, at: number, before: string, templates: number[]): number {
  const character = source[at]
  if (source.startsWith('//', at)) return indexOrEnd(source, '\n', at)
  if (source.startsWith('/*', at)) return indexOrEnd(source, '*/', at) + 2
  if (character === "'" || character === '"') return endOfQuoted(source, at + 1, character)
  if (character === '`') return endOfTemplate(source, at + 1, templates)
  if (character === '}' && templates.at(-1) === 0) {
    templates.pop()
    return endOfTemplate(source, at + 1, templates)
  }
  if (character === '/' && mayStartExpression(before)) return endOfExpression(source, at + 1)
  return at
}

/** Where the text of a template ends: behind its backtick, or behind the `${` of an expression. */
function endOfTemplate(source: string, from: number, templates: number[]): number {
  for (let at = from; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === '`') return at + 1
    else if (source.startsWith('${', at)) {
      templates.push(0)
      return at + 2
    }
  }
  return source.length
}

function trackBraces(character: string, templates: number[]): void {
  if (templates.length === 0) return
  if (character === '{') templates[templates.length - 1]++
  if (character === '}') templates[templates.length - 1]--
}

function endOfQuoted(source: string, from: number, quote: string): number {
  let at = from
  while (at < source.length && source[at] !== quote && source[at] !== '\n') at += source[at] === '\\' ? 2 : 1
  return at + 1
}

/** A slash divides behind a value, and starts a regular expression behind everything else. */
function mayStartExpression(before: string): boolean {
  return /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else))\s*$/.test(before.slice(-40))
}

function endOfExpression(source: string, from: number): number {
  let isClass = false
  for (let at = from; at < source.length && source[at] !== '\n'; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === '[') isClass = true
    else if (source[at] === ']') isClass = false
    else if (source[at] === '/' && !isClass) return at + 1
  }
  return from
}

function indexOrEnd(source: string, text: string, from: number): number {
  const at = source.indexOf(text, from)
  return at < 0 ? source.length : at
}
