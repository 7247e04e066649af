import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { missingPlatforms, withoutChecksum, type Packages } from '../lock-platforms.ts'
import { workspaceRoot } from '../workspace/graph.ts'

const { packages } = JSON.parse(readFileSync(join(workspaceRoot, 'package-lock.json'), 'utf8')) as {
  packages: Packages
}

test('every package in the lockfile has a checksum (issue 10, 13)', () => {
  expect(withoutChecksum(packages)).toEqual([])
  const bare = { 'node_modules/x': { version: '1.0.0' }, 'packages/core': {} }
  expect(withoutChecksum(bare)).toEqual(['node_modules/x'])
})

test('every platform of an optional package is in the lockfile, or npm ci would refuse it there', () => {
  expect(missingPlatforms(packages)).toEqual([])
})

test('nothing brings React Native in (issue 10, 13)', () => {
  expect(Object.keys(packages).filter((path) => path.includes('node_modules/react-native/'))).toEqual([])
  expect(Object.keys(packages)).not.toContain('node_modules/react-native')
})
