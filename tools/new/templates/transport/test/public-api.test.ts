import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as api from '../src/index.js'

it('exports exactly these names', () => {
  expect(Object.keys(api)).toEqual(['mySystem'])
})

it('has the version of the package', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  expect(api.mySystem({ url: 'http://127.0.0.1:8080' }).version).toBe(manifest.version)
})
