import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as api from '../src/index.js'
import { version } from '../src/version.js'

test('the package exports these names and no others', () => {
  expect(Object.keys(api).sort()).toEqual([
    'nodeMetricsPlugin',
    'openTelemetryPlugin',
    'promClientPlugin',
    'prometheus',
    'serveThrough',
  ])
})

test('the version is the manifest’s', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  expect(version).toBe(manifest.version)
})
