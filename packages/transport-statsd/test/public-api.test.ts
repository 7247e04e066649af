import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as api from '../src/index.js'
import { version } from '../src/version.js'

describe('the public API', () => {
  it('is exactly this', () => {
    expect(Object.keys(api).sort()).toEqual(['instruments', 'statsd'])
  })

  it('of a transport is exactly this', () => {
    expect(Object.keys(api.statsd()).sort()).toEqual([
      'apiLevel',
      'describe',
      'flush',
      'name',
      'samples',
      'selfMetrics',
      'start',
      'stop',
      'version',
    ])
  })

  it('has the version of the package, which depends on statsd-client alone', () => {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string
      dependencies: object
    }
    expect(version).toBe(manifest.version)
    expect(Object.keys(manifest.dependencies)).toEqual(['statsd-client'])
  })
})
