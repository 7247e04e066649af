import { OptionsError } from '@tidegauge/core'
import { describe, expect, it } from 'vitest'
import { mySystem, type MySystemOptions } from '../src/index.js'

const url = 'http://127.0.0.1:8080/metrics'

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
  it('need a URL alone', () => {
    expect(issuesOf({ url })).toEqual([])
    expect(issuesOf({ url: new URL(url), name: 'second', intervalMs: 0, timeoutMs: 1 })).toEqual([])
  })

  it('that are wrong are all named at once, each with its path', () => {
    expect(issuesOf(undefined)).toEqual(['url'])
    expect(issuesOf({ url: 'udp://127.0.0.1', name: 'My name', intervalMs: -1, timeoutMs: 0 })).toEqual([
      'url',
      'name',
      'intervalMs',
      'timeoutMs',
    ])
    expect(issuesOf({ url: 'http://user:password@127.0.0.1' })).toEqual(['url'])
    expect(issuesOf({ url, interval: 5 })).toEqual(['interval'])
  })
})
