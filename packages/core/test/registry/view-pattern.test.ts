import { runs } from '@tidegauge/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matchesName } from '../../src/registry/views.js'

describe('a view’s pattern', () => {
  test('matches whole names, with stars for any characters', () => {
    const cases: [string, string, boolean][] = [
      ['a', 'a', true],
      ['a', 'ab', false],
      ['', '', true],
      ['*', '', true],
      ['a*', 'a', true],
      ['a*', 'ba', false],
      ['*a', 'ba', true],
      ['a*a', 'a', false],
      ['a*a', 'aa', true],
      ['a*b*c', 'a_b_b_c', true],
      ['a*b*c', 'a_c_b', false],
      ['**', 'x', true],
      ['a.c', 'abc', false],
      ['[a]', 'a', false],
    ]
    for (const [match, name, expected] of cases)
      expect(matchesName(match, name), `${match} ${name}`).toBe(expected)
  })

  test('agrees with a regular expression on every short pattern and name', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 })
    const name = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 })
    fc.assert(
      fc.property(pattern, name, (match, text) => {
        const model = new RegExp(`^${match.replaceAll(/\*+/g, '.*')}$`)
        expect(matchesName(match, text)).toBe(model.test(text))
      }),
      { numRuns: runs(3_000) },
    )
  })

  test('takes no time for a hostile pattern and a long name', () => {
    const startedAt = performance.now()
    expect(matchesName(`${'*a'.repeat(30)}*b`, 'a'.repeat(65_536))).toBe(false)
    expect(performance.now() - startedAt).toBeLessThan(1_000)
  })
})
