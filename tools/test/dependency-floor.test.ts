import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  belowFloor,
  dependencyFloor,
  isAboveFloor,
  packageName,
  type LockedPackage,
} from '../dependency-floor.ts'
import { missingPlatforms } from '../lock-platforms.ts'
import { workspaceRoot } from '../workspace/graph.ts'
import { publishedManifests } from './publish/packed.ts'

const read = (path: string) => JSON.parse(readFileSync(join(workspaceRoot, path), 'utf8'))
const { packages } = read('package-lock.json') as { packages: Record<string, LockedPackage> }
const installed = Object.entries(packages).filter(([path]) => path.includes('node_modules/'))

describe('the lockfile', () => {
  test('holds no version that is below the floor', () => {
    expect(installed.length).toBeGreaterThan(100)
    expect(belowFloor(packages)).toEqual([])
  })

  test('names no registry: everybody installs from the one that they are set up for', () => {
    const named = installed.filter(([, { resolved, link }]) => resolved !== undefined && link !== true)
    expect(named.map(([path, { resolved }]) => `${path} from ${resolved}`)).toEqual([])
  })

  test('has the binaries of every platform, or `npm ci` refuses it: see tools/lock-platforms.ts', () => {
    expect(missingPlatforms(packages).map(({ name, version }) => `${name}@${version}`)).toEqual([])
  })

  test('brings install scripts only of packages that allowScripts decides about', () => {
    const { allowScripts } = read('package.json') as { allowScripts: Record<string, boolean> }
    const withScripts = installed
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path, locked]) => packageName(path, locked))
    const undecided = withScripts.filter((name) => allowScripts[name] === undefined)
    expect(undecided).toEqual([])
    // the Node.js that the repository pins is downloaded by its script; nothing else needs one
    const approved = Object.keys(allowScripts).filter((name) => allowScripts[name])
    expect(approved).toEqual(['node'])
  })
})

test('what users install with our packages is at the floor or above', () => {
  const low = publishedManifests().flatMap(({ manifest }) =>
    Object.entries(manifest.dependencies ?? {}).filter(([name, range]) => {
      const floor = dependencyFloor[name]
      return floor !== undefined && !isAboveFloor(range.replace(/^\^/, ''), floor)
    }),
  )
  expect(low).toEqual([])
})

describe('the floor', () => {
  const fake = { one: { minimum: ['1.10.3', '3.2.0'], why: 'it broke' } }

  test.each([
    ['1.10.3', true],
    ['1.10.2', false],
    ['1.9.99', false],
    ['2.99.0', false],
    ['3.1.9', false],
    ['3.2.0', true],
    ['4.0.0', true],
    ['0.9.0', false],
  ])('takes %s: %s', (version, isFine) => {
    expect(isAboveFloor(version, fake.one)).toBe(isFine)
  })

  test('is checked for nested copies and aliases, too', () => {
    const locked = {
      'node_modules/one': { version: '4.0.0' },
      'node_modules/a/node_modules/one': { version: '1.0.0' },
      'node_modules/another': { name: 'one', version: '2.0.0' },
      'node_modules/@one/one': { version: '0.0.1' },
    }
    expect(belowFloor(locked, fake)).toEqual([
      'node_modules/a/node_modules/one is one 1.0.0, expected 1.10.3 or 3.2.0: it broke',
      'node_modules/another is one 2.0.0, expected 1.10.3 or 3.2.0: it broke',
    ])
  })

  test('says why for each package', () => {
    for (const [name, { minimum, why }] of Object.entries(dependencyFloor)) {
      expect(minimum.length, name).toBeGreaterThan(0)
      expect(why.length, name).toBeGreaterThan(20)
    }
  })
})
