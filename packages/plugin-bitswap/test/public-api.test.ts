import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as api from '../src/index.js'
import { version } from '../src/version.js'

describe('the public surface', () => {
  it('is exactly this', () => {
    expect(Object.keys(api).sort()).toEqual([
      'bitswap',
      'createAutoProvider',
      'createBitswapRecorder',
      'instruments',
    ])
  })

  it('of a plugin is exactly this', () => {
    expect(Object.keys(api.bitswap({ source: api.createBitswapRecorder() })).sort()).toEqual([
      'apiLevel',
      'collect',
      'instruments',
      'name',
      'start',
      'stop',
      'version',
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
    const node = undefined as unknown as import('helia').Helia
    const withLibp2p = undefined as unknown as import('@helia/libp2p').HeliaWithLibp2p
    const options: api.BitswapOptions[] = [
      { helia: node },
      { helia: withLibp2p },
      { helia: () => node },
      { source: api.createBitswapRecorder() },
      { helia: node, advertisements: api.createBitswapRecorder().advertisements },
    ]
    expect(options).toHaveLength(5)
  })
})
