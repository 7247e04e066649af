import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as api from '../src/index.js'
import { version } from '../src/version.js'

it('exports exactly these names', () => {
  expect(Object.keys(api).sort()).toEqual(['createMySystemRecorder', 'instruments', 'mySystem'])
})

it('has the version of the package', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  expect(api.mySystem().version).toBe(manifest.version)
  expect(version).toBe(manifest.version)
})
