import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as api from '../src/index.js'
import { version } from '../src/version.js'

describe('the public surface', () => {
  it('is exactly this', () => {
    expect(Object.keys(api).sort()).toEqual([
      'createLibp2pRecorder',
      'defaultGroups',
      'instruments',
      'libp2p',
      'libp2pService',
    ])
  })

  it('of a plugin is exactly this', () => {
    expect(Object.keys(api.libp2p()).sort()).toEqual([
      'apiLevel',
      'collect',
      'instruments',
      'metrics',
      'name',
      'observe',
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

  it('fits libp2p’s own types without needing them', () => {
    const swarm = api.libp2p()
    const factory: NonNullable<import('libp2p').Libp2pOptions['metrics']> = swarm.metrics
    const metrics: Pick<
      import('@libp2p/interface').Metrics,
      'createTrace' | 'registerMetric' | 'traceFunction'
    > = swarm.metrics
    const observe: (node: import('@libp2p/interface').Libp2p) => api.Libp2pPlugin = (node) =>
      swarm.observe(node)
    const forward: api.Libp2pNodeOptions['forward'] = (
      {} as { theirs: (components: { logger: never }) => import('@libp2p/interface').Metrics }
    ).theirs
    expect([factory, metrics, observe, forward].map((part) => typeof part)).toEqual([
      'function',
      'function',
      'function',
      'undefined',
    ])
  })
})
