import { describe, expect, test } from 'vitest'
import { readDeclarations, splitTopLevel } from '../../generate/declarations.ts'
import { sentencesOf } from '../../generate/sentences.ts'

const read = (source: string) => readDeclarations(source)

describe('interfaces', () => {
  test('are read with their bases, docstrings and members', () => {
    const source = `
/** A clock. */
export interface Clock<T extends object = {}> extends Base<T, 'a, b'>, Other {
  /** Now. */
  now(): number
  readonly 'quoted-name'?: 'a;b' | "}" // not: this
  after<R>(delayMs: number, callback: () => R): () => void
  [Symbol.dispose](): void
}
`
    const clock = read(source).interfaces.get('Clock')!
    expect(clock.doc).toBe('A clock.')
    expect(clock.bases).toEqual(["Base<T, 'a, b'>", 'Other'])
    expect(clock.members).toEqual([
      { name: 'now', isOptional: false, isMethod: true, type: '(): number', doc: 'Now.' },
      { name: 'quoted-name', isOptional: true, isMethod: false, type: `'a;b' | "}"`, doc: '' },
      {
        name: 'after',
        isOptional: false,
        isMethod: true,
        type: '<R>(delayMs: number, callback: () => R): () => void',
        doc: '',
      },
      { name: '[Symbol.dispose]', isOptional: false, isMethod: true, type: '(): void', doc: '' },
    ])
  })

  test('that are written in an unknown way throw instead of being guessed', () => {
    expect(() => read('interface A {\n  [key: string]: number\n}\n')).toThrow('cannot read a member')
    expect(() => read('interface A {\n  a: string\n')).toThrow('a bracket is not closed')
  })
})

test('aliases end with their last line', () => {
  const { aliases } = read(
    "type A =\n  | 'x'\n  | { readonly y: () => void }\n\ntype B = readonly A[]\nconst c = 1\n",
  )
  expect(aliases.get('A')).toBe("| 'x'\n  | { readonly y: () => void }")
  expect(aliases.get('B')).toBe('readonly A[]')
})

test('imports are known by the names that they have here', () => {
  const { imports } = read(
    "import { a, type B as C,\n  type D } from './x.js'\nimport { E } from 'elsewhere'\n",
  )
  expect([...imports]).toEqual([
    ['a', './x.js'],
    ['C', './x.js'],
    ['D', './x.js'],
  ])
})

test('a list is split at separators outside of brackets and quotes', () => {
  expect(splitTopLevel("a, b<c, d>, 'e, f', (g, h) => [i, j]", ',')).toEqual([
    'a',
    'b<c, d>',
    "'e, f'",
    '(g, h) => [i, j]',
  ])
})

test('sentences end at a full stop, but not in code or in a number', () => {
  expect(sentencesOf('Default 0.5, 0.9. See `a. b`. The end')).toEqual([
    'Default 0.5, 0.9',
    'See `a. b`',
    'The end',
  ])
})
