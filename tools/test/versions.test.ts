import { describe, expect, test } from 'vitest'
import { staleRanges } from '../release/ranges.ts'
import { compareVersions, isInRange } from '../workspace/versions.ts'

test.each([
  ['1.2.3', '1.2.3', 0],
  ['1.10.0', '1.9.9', 1],
  ['0.9.9', '1.0.0', -1],
  ['8.0.2', '8.0.10', -1],
])('%s against %s is %i', (left, right, sign) => {
  expect(Math.sign(compareVersions(left, right))).toBe(sign)
})

test('a text that is not a version throws', () => {
  expect(() => compareVersions('1.2', '1.2.0')).toThrow('"1.2" is not a version')
})

test.each([
  ['0.1.4', '^0.1.0', true],
  ['0.2.0', '^0.1.0', false],
  ['0.1.0', '^0.1.1', false],
  ['1.9.0', '^1.2.0', true],
  ['2.0.0', '^1.2.0', false],
  ['5.0.0', '^4.0.0 || ^5.0.0', true],
  ['0.0.2', '^0.0.1', false],
  ['0.0.1', '^0.0.0', false],
  ['7.0.0', '*', true],
  ['1.0.1', '1.0.0', false],
])('%s in %s: %s', (version, range, isIn) => {
  expect(isInRange(version, range)).toBe(isIn)
})

describe('ranges between packages of the workspace', () => {
  test('are reported when a release would leave them behind', () => {
    const core = { name: 'core', version: '0.2.0' }
    const plugin = { name: 'plugin', version: '0.1.0', peerDependencies: { core: '^0.1.0', other: '^9.0.0' } }
    expect(staleRanges([core, plugin])).toEqual([
      'plugin wants core ^0.1.0 (peerDependencies), which is at 0.2.0',
    ])
    expect(staleRanges([{ ...core, version: '0.1.7' }, plugin])).toEqual([])
  })
})
