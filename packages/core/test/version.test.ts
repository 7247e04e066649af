import { readFileSync } from 'node:fs'
import { coreVersion } from '@tidegauge/core'
import { describe, expect, test } from 'vitest'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

describe('the package', () => {
  test('has its own version', () => {
    expect(coreVersion).toBe(manifest.version)
  })

  test('depends on nothing at run time', () => {
    for (const key of ['dependencies', 'peerDependencies', 'optionalDependencies', 'bundledDependencies'])
      expect(manifest[key], key).toBeUndefined()
  })

  test('exports its index and nothing internal', () => {
    expect(Object.keys(manifest.exports)).toEqual(['.', './package.json'])
  })
})
