import { OptionsError } from '@tidegauge/core'
import { describe, expect, it } from 'vitest'
import { bitswap, createBitswapRecorder, type BitswapOptions } from '../src/index.js'
import { createBareNode } from './support/nodes.js'

function issuesOf(options: unknown): string[] {
  try {
    bitswap(options as BitswapOptions)
  } catch (thrown) {
    if (thrown instanceof OptionsError) return thrown.issues.map(({ path }) => path)
    throw thrown
  }
  return []
}

describe('options', () => {
  it('accept a node that has not started, a function, or a source', () => {
    expect(issuesOf({ helia: createBareNode() })).toEqual([])
    expect(issuesOf({ helia: () => undefined })).toEqual([])
    expect(issuesOf({ source: createBitswapRecorder() })).toEqual([])
    expect(issuesOf({ source: { read: () => undefined } })).toEqual([])
  })

  it('must have exactly one of them', () => {
    expect(issuesOf({})).toEqual(['helia'])
    expect(issuesOf(undefined)).toEqual(['helia'])
    expect(issuesOf({ helia: createBareNode(), source: createBitswapRecorder() })).toEqual(['source'])
    expect(() => bitswap({} as BitswapOptions)).toThrow(
      'plugin "bitswap": option helia was undefined, expected a Helia node, as createHelia returns it, or a function that returns one, when there is no source',
    )
  })

  it('that are wrong are all named at once, each with its path', () => {
    expect(issuesOf({ helia: {}, source: { read: 1 }, bitswap: 1 })).toEqual(['bitswap', 'helia', 'source'])
    expect(issuesOf({ helia: null })).toEqual(['helia'])
    expect(issuesOf({ helia: 'node' })).toEqual(['helia'])
    expect(issuesOf({ source: null })).toEqual(['source'])
    expect(issuesOf({ source: { read: () => {}, start: true } })).toEqual(['source'])
    expect(issuesOf({ source: { read: () => {}, stop: 'now' } })).toEqual(['source'])
  })

  it('take the advertisements of a recorder beside a node, and nothing else (issue 10)', () => {
    const { advertisements } = createBitswapRecorder()
    expect(issuesOf({ helia: createBareNode(), advertisements })).toEqual([])
    expect(issuesOf({ source: createBitswapRecorder(), advertisements })).toEqual(['advertisements'])
    const { dht, delegated } = advertisements
    for (const wrong of [null, 1, {}, { dht, delegated }, { dht: 1, delegated, skipped: 0 }])
      expect(issuesOf({ helia: createBareNode(), advertisements: wrong })).toEqual(['advertisements'])
    expect(issuesOf({ advertisements })).toEqual(['helia'])
  })

  it('must be an object', () => {
    expect(issuesOf('quick')).toEqual(['options'])
    expect(issuesOf([])).toEqual(['options'])
  })
})
