import { readFileSync } from 'node:fs'
import * as api from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

describe('the public surface', () => {
  test('has these values and no other', () => {
    expect(Object.keys(api).sort()).toEqual([
      'createManualClock',
      'createMemoryTransport',
      'debianFile',
      'debianProgram',
      'flushPromises',
      'leftOpen',
      'lintNames',
      'loggerInto',
      'openResources',
      'runs',
      'startTestHost',
      'testPlugin',
      'testTransport',
      'until',
    ])
  })

  test('brings no dependency of its own', () => {
    expect(manifest.dependencies).toBeUndefined()
    expect(Object.keys(manifest.peerDependencies)).toEqual(['@tidegauge/core', 'vitest'])
  })
})
