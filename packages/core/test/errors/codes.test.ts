import { readFileSync } from 'node:fs'
import { errorCodes } from '@tidegauge/core'
import { describe, expect, test } from 'vitest'

const docs = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8')
const documented = [...docs.matchAll(/^\| `([A-Z_]+)` +\| (.+?) +\| (.+?) +\|$/gm)]
const codes = Object.values(errorCodes).flat() as string[]

describe('error codes', () => {
  test('are all in docs/errors.md, and nothing else is', () => {
    expect(new Set(documented.map(([, code]) => code))).toEqual(new Set(codes))
    expect(documented).toHaveLength(codes.length)
  })

  test('have a meaning and something to do each, and no two have the same', () => {
    for (const column of [2, 3]) {
      const texts = documented.map((row) => row[column].trim())
      expect(texts.every((text) => text.length > 10)).toBe(true)
      expect(new Set(texts).size).toBe(texts.length)
    }
  })

  test('are unique and begin with their kind', () => {
    expect(new Set(codes).size).toBe(codes.length)
    for (const [kind, ofKind] of Object.entries(errorCodes))
      for (const code of ofKind) expect(code).toMatch(new RegExp(`^${kind.toUpperCase()}_[A-Z_]+$`))
  })
})
