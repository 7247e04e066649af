import { OptionsError } from '@tidegauge/core'
import { describe, expect, it } from 'vitest'
import { createMySystemRecorder, mySystem, type MySystemOptions } from '../src/index.js'

function issuesOf(options: unknown): string[] {
  try {
    mySystem(options as MySystemOptions)
  } catch (thrown) {
    if (thrown instanceof OptionsError) return thrown.issues.map(({ path }) => path)
    throw thrown
  }
  return []
}

describe('options', () => {
  it('may be left out', () => {
    expect(issuesOf(undefined)).toEqual([])
    expect(issuesOf({})).toEqual([])
    expect(issuesOf({ target: globalThis.process, maxWarningNames: 5 })).toEqual([])
    expect(issuesOf({ source: createMySystemRecorder() })).toEqual([])
  })

  it('that are wrong are all named at once, each with its path', () => {
    expect(issuesOf({ target: {}, maxWarningNames: 0, maxWarnings: 1 })).toEqual([
      'maxWarnings',
      'target',
      'maxWarningNames',
    ])
    expect(issuesOf({ source: {} })).toEqual(['source'])
    expect(issuesOf({ source: createMySystemRecorder(), target: globalThis.process })).toEqual(['target'])
    expect(issuesOf('quick')).toEqual(['options'])
  })

  it('are explained in the error', () => {
    expect(() => mySystem({ maxWarningNames: 0 })).toThrow(
      'plugin "my-system": option maxWarningNames was 0, expected an integer from 1 to 1000',
    )
  })
})
