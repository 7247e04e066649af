/**
 * No regular expression of ours takes more than linear time, whatever its input: a label value, a header or a file of
 * 64 kB must not block the event loop.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { workspaceRoot } from '../workspace/graph.ts'

const SHORT = 8 * 1024
const LONG = 8 * SHORT
/** Linear time gives 8, quadratic 64. */
const MAX_RATIO = 24
/** A shorter time blocks nothing, and its ratio is noise. */
const HARMLESS_MS = 5

/** What makes patterns backtrack: runs of one character, of pairs, and an end that does not match. */
const fillings = [
  'a',
  '0',
  ' ',
  '_',
  '"',
  '\\',
  '\n',
  '/',
  '.',
  '-',
  ',',
  '=',
  '*',
  ':',
  'a ',
  '0.',
  '\\"',
  '/a',
]
const starts = ['', '"', 'http://', 'a=']
const ends = ['', '!', '\u0001']

/** Expressions that never see a long text, and why. */
const bounded: ReadonlyMap<string, string> = new Map([
  [
    'packages/transport-prometheus/src/security/web-config/duration.ts',
    'a longer text than 64 characters is refused before',
  ],
])

const files = globSync('packages/*/src/**/*.ts', { cwd: workspaceRoot }).filter((file) => !bounded.has(file))
const expressions = files.flatMap((file) =>
  literalsIn(readFileSync(join(workspaceRoot, file), 'utf8')).map(
    (source) => [`${file}: ${source}`, source] as const,
  ),
)

describe('regular expressions', () => {
  test('are found in the sources', () => {
    expect(expressions.length).toBeGreaterThan(20)
  })

  test.each(expressions)('%s takes linear time', (_, source) => {
    const flags = source.slice(source.lastIndexOf('/') + 1)
    const expression = new RegExp(source.slice(1, source.lastIndexOf('/')), flags)
    for (const filling of fillings)
      for (const start of starts)
        for (const end of ends) {
          if (time(expression, start, filling, end, LONG, 1) < HARMLESS_MS) continue
          const long = time(expression, start, filling, end, LONG, 3)
          const short = time(expression, start, filling, end, SHORT, 3)
          expect(long / Math.max(short, 0.1), JSON.stringify({ start, filling, end })).toBeLessThan(MAX_RATIO)
        }
  })
})

/** The shortest of so many runs, in milliseconds. */
function time(expression: RegExp, start: string, filling: string, end: string, length: number, runs: number) {
  const text = start + filling.repeat(Math.ceil(length / filling.length)).slice(0, length) + end
  const times = Array.from({ length: runs }, () => {
    const from = performance.now()
    text.replace(expression, '')
    return performance.now() - from
  })
  return Math.min(...times)
}

/** The literals of a file: what is between slashes where an expression may start, and compiles. */
function literalsIn(code: string): string[] {
  const withoutComments = code.replace(/\/\*[^]*?\*\//g, '').replace(/(^|[^:'"`\\])\/\/.*$/gm, '$1')
  const found: string[] = []
  for (const [, literal] of withoutComments.matchAll(
    /[=(,:[!&|?{}\n]\s*(\/(?![*/\s])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[dgimsuvy]*)/g,
  )) {
    try {
      const compiled = new RegExp(
        literal.slice(1, literal.lastIndexOf('/')),
        literal.slice(literal.lastIndexOf('/') + 1),
      )
      if (compiled.source === '') continue
      found.push(literal)
    } catch {
      // not a regular expression
    }
  }
  return found
}
