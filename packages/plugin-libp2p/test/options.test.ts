import { LogOnce, OptionsError } from '@tidegauge/core'
import { describe, expect, it } from 'vitest'
import { createGrouping, defaultGroups, knownGroups } from '../src/bandwidth/groups.js'
import { libp2p, type Libp2pOptions } from '../src/index.js'
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
    expect(settings.webtransport).toEqual({ keepHistory: undefined })
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

  it('that are no object are refused', () => {
    expect(issuesOf('quick')).toEqual(['options'])
    expect(issuesOf({ groups: 5 })).toEqual(['groups'])
    expect(issuesOf({ webtransport: true })).toEqual(['webtransport'])
  })

  it('take zero, false and the empty list for values', () => {
    const { webtransport, modules, groups } = parseOptions({
      webtransport: { keepHistory: 0, maxSessions: 0, rotationIntervalMs: 0 },
      modules: [],
      groups: {},
    })
    expect(webtransport).toEqual({ keepHistory: 0, maxSessions: 0, rotationIntervalMs: 0 })
    expect(modules('x')).toBe(false)
    expect(groups).toEqual({})
  })

  it('pick modules by list, where * stands for any ending, or by function', () => {
    const { modules } = parseOptions({ modules: ['libp2p_tcp_*', 'libp2p_dial_queue'] })
    expect(['libp2p_tcp_x', 'libp2p_dial_queue', 'libp2p_dial_queue_x', 'libp2p_kad'].map(modules)).toEqual([
      true,
      true,
      false,
      false,
    ])
    const throwing = parseOptions({
      modules: () => {
        throw new Error('filter')
      },
    })
    expect(throwing.modules('x')).toBe(false)
  })
})

describe('groups', () => {
  const logOnce = new LogOnce()

  it('know what libp2p and Helia speak', () => {
    const group = createGrouping(defaultGroups, logOnce)
    expect(
      [
        '/ipfs/bitswap/1.2.0',
        '/ipfs/kad/1.0.0',
        '/ipfs/lan/kad/1.0.0',
        '/ipfs/id/1.0.0',
        '/ipfs/id/push/1.0.0',
        '/ipfs/ping/1.0.0',
        '/libp2p/circuit/relay/0.2.0/hop',
        '/meshsub/1.2.0',
        '/my/own/1',
      ].map(group),
    ).toEqual(['bitswap', 'dht', 'dht', 'identify', 'identify', 'ping', 'relay', 'pubsub', 'other'])
  })

  it('prefer an exact name, then the longest beginning', () => {
    const group = createGrouping({ wide: ['/a/*', '*'], narrow: ['/a/b/*'], exact: ['/a/b/c'] }, logOnce)
    expect(['/a/b/c', '/a/b/d', '/a/x', '/z'].map(group)).toEqual(['exact', 'narrow', 'wide', 'wide'])
  })

  it('may be a function, whose failing counts as other', () => {
    const group = createGrouping((protocol) => {
      if (protocol === 'bad') throw new Error('no group')
      return protocol === 'mine' ? 'ours' : undefined
    }, logOnce)
    expect(['mine', 'else', 'bad'].map(group)).toEqual(['ours', 'other', 'other'])
  })

  it('are known beforehand, so that they start at zero', () => {
    expect(knownGroups({ a: ['/a'], other: ['/b'] })).toEqual(['a', 'other'])
    expect(knownGroups(() => 'x')).toEqual(['other'])
  })
})
