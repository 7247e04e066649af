import * as api from '@tidegauge/core'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const index = readFileSync(new URL('../src/index.ts', import.meta.url), 'utf8')

/** Every name that the index exports, types included. */
function exportedNames(source: string): string[] {
  const lists = [...source.matchAll(/export (type )?\{([^}]*)\}/g)].flatMap(([, isType, list]) =>
    list
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => (isType ? `type ${name}` : name)),
  )
  return lists.sort()
}

describe('the public surface', () => {
  test('has these values and no other', () => {
    expect(Object.keys(api).sort()).toEqual([
      'CollectError',
      'ExportError',
      'LifecycleError',
      'LogOnce',
      'OVERFLOW_VALUE',
      'OptionCheck',
      'OptionsError',
      'RegistrationError',
      'TidegaugeError',
      'apiLevel',
      'bucketUpperBound',
      'coreVersion',
      'createTidegauge',
      'defineInstruments',
      'definePlugin',
      'describeThrown',
      'describeValue',
      'errorCodes',
      'instruments',
      'selfInstruments',
      'silentLogger',
      'sourcePlugin',
      'systemClock',
    ])
  })

  test('is written out: every name in the index is one of them', () => {
    expect(index).not.toMatch(/export \*|export default/)
    expect(exportedNames(index).filter((name) => !name.startsWith('type '))).toEqual(Object.keys(api).sort())
  })
})
