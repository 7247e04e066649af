/** Finds words that were replaced: in the names of files, in code, and phrases in every text. */
import { basename } from 'node:path'
import { codeOf } from './code-parts.ts'
import { identifiers, identifierWords, phrases, prefixes } from './replaced.ts'

/** Everything in one file that was replaced, one line each. */
export function findReplaced(path: string, text: string): string[] {
  const code = /\.[mc]?[jt]s$/.test(path) ? codeOf(text) : codeInMarkdown(text)
  return [
    ...issuesOfName(basename(path).replace(/\..*$/, '')).map((issue) => `${path}: ${issue}`),
    ...linesOf(code).flatMap(([line, content]) =>
      [...new Set(content.match(/[A-Za-z_$][\w$]*/g))].flatMap((name) =>
        issuesOfName(name).map((issue) => `${path}:${line}: ${issue}`),
      ),
    ),
    ...linesOf(text).flatMap(([line, content]) =>
      Object.entries(phrases)
        // "there is no function" is usual
        .filter(([phrase]) => new RegExp(`(?<!there )\\b${phrase}\\b`).test(content))
        .map(([phrase, better]) => `${path}:${line}: "${phrase}" is written "${better}"`),
    ),
  ]
}

function issuesOfName(name: string): string[] {
  const whole = Object.hasOwn(identifiers, name) ? identifiers[name] : undefined
  if (whole !== undefined) return [`${name} is now ${whole}`]
  const prefix = Object.keys(prefixes).find((start) => name.startsWith(start))
  if (prefix !== undefined) return [`${name}: write ${prefixes[prefix]} for ${prefix}`]
  return wordsOf(name)
    .filter((word) => Object.hasOwn(identifierWords, word))
    .map((word) => `${name}: for "${word}" write ${identifierWords[word]}`)
}

/** The words of a name in any case: `isTold`, `known-faults`, `MAX_PATIENCE`. */
function wordsOf(name: string): string[] {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').split(/[^A-Za-z]+/)
  return [...new Set(words.map((word) => word.toLowerCase()))]
}

/** What is between backticks, with the lines where they are. */
function codeInMarkdown(text: string): string {
  let isBlock = false
  const lines = text.split('\n').map((line) => {
    if (line.startsWith('```')) {
      isBlock = !isBlock && /^```(ts|js)/.test(line)
      return ''
    }
    return isBlock ? line : [...line.matchAll(/`([^`]*)`/g)].map((match) => match[1]).join(' ')
  })
  return lines.join('\n')
}

function linesOf(text: string): [line: number, content: string][] {
  return text.split('\n').map((content, i) => [i + 1, content])
}
