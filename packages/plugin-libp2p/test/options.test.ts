import { OptionsError } from '@tidegauge/core'
import { describe, expect, it } from 'vitest'
import { createLibp2pRecorder, defaultGroups, libp2p, type Libp2pOptions } from '../src/index.js'
import { parseOptions } from '../src/options.js'

function issuesOf(options: unknown): string[] {
  try {
    parseOptions(options as Libp2pOptions)
  } catch (thrown) {
    if (thrown instanceof OptionsError) return thrown.issues.map(({ path }) => path)
    throw thrown
  }
  return []
}

describe('options', () => {
  it('may all be left out', () => {
    const settings = parseOptions()
    expect(settings.groups).toBe(defaultGroups)
    expect(settings.maxProtocols).toBe(500)
    expect(settings.forward).toBeUndefined()
    expect(settings.webtransport).toEqual({})
    expect(settings.source).toBeUndefined()
    expect(settings.modules('anything')).toBe(true)
  })

  it('are refused all at once, each with its path', () => {
    expect(
      issuesOf({
        groups: { a: ['/x*/y'], b: 'not a list', '': ['/z'] },
        modules: [1],
        forward: {},
        webtransport: { rotationIntervalMs: -1, keepHistory: 1.5, maxSessions: 'many', source: {}, hush: 1 },
        maxProtocols: 0,
        protocols: [],
      }),
    ).toEqual([
      'protocols',
      'groups.a',
      'groups.b',
      'groups',
      'modules',
      'forward',
      'webtransport.hush',
      'webtransport.source',
      'webtransport.rotationIntervalMs',
      'webtransport.keepHistory',
      'webtransport.maxSessions',
      'maxProtocols',
    ])
    expect(() => libp2p({ maxProtocols: 0 })).toThrow(
      'plugin "libp2p": option maxProtocols was 0, expected an integer from 1 to 1000',
    )
  })

  it('that are not objects are refused', () => {
    expect(issuesOf('quick')).toEqual(['options'])
    expect(issuesOf({ groups: 5 })).toEqual(['groups'])
    expect(issuesOf({ webtransport: true })).toEqual(['webtransport'])
  })

  it('may be zero, false and an empty list', () => {
    const { webtransport, modules, groups } = parseOptions({
      webtransport: { keepHistory: 0, maxSessions: 0, rotationIntervalMs: 0 },
      modules: [],
      groups: {},
    })
    expect(webtransport).toEqual({ keepHistory: 0, maxSessions: 0, rotationIntervalMs: 0 })
    expect(modules('x')).toBe(false)
    expect(groups).toEqual({})
  })

  it('select modules by a list, where * stands for any ending', () => {
    const { modules } = parseOptions({ modules: ['libp2p_tcp_*', 'libp2p_dial_queue'] })
    expect(['libp2p_tcp_x', 'libp2p_dial_queue', 'libp2p_dial_queue_x', 'libp2p_kad'].map(modules)).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it('for another source are the source and the groups', () => {
    const source = createLibp2pRecorder()
    expect(parseOptions({ source, groups: { a: ['/a'] } })).toMatchObject({ source, groups: { a: ['/a'] } })
    expect(issuesOf({ source, modules: true, maxProtocols: 5 })).toEqual(['modules', 'maxProtocols'])
    expect(issuesOf({ source: {} })).toEqual(['source'])
    expect(issuesOf({ source: undefined })).toEqual([])
  })
})
