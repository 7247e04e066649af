import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as api from '../src/index.js'
import { version } from '../src/version.js'

describe('the public surface', () => {
  it('is exactly this', () => {
    expect(Object.keys(api).sort()).toEqual(['createIpnsRecorder', 'instruments', 'ipns'])
  })

  it('of a plugin is exactly this', () => {
    const plugin = api.ipns({ source: api.createIpnsRecorder() })
    expect(Object.keys(plugin).sort()).toEqual([
      'apiLevel',
      'collect',
      'instruments',
      'name',
      'start',
      'stop',
      'version',
    ])
  })

  it('of a recorder is exactly this', () => {
    const recorder = api.createIpnsRecorder()
    const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(recorder))
    expect(Object.keys(recorder)).toEqual([])
    expect(methods.sort()).toEqual([
      'constructor',
      'published',
      'read',
      'refreshFailed',
      'refreshSucceeded',
      'republisherStarted',
      'republisherStopped',
      'routerPut',
      'runEnded',
      'track',
      'untrack',
    ])
  })

  it('has the version of the package', () => {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string
      dependencies?: object
    }
    expect(version).toBe(manifest.version)
    expect(Object.keys(manifest.dependencies ?? {})).toEqual(['@tidegauge/attach'])
  })

  it('fits Helia’s own types without needing them', () => {
    const make = (name: import('@helia/ipns').IPNS, helia: import('helia').Helia): api.IpnsPlugin =>
      api.ipns({ name, helia })
    expect(typeof make).toBe('function')
  })
})
