import { LogOnce } from '@tidegauge/core'
import { loggerInto } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { createGrouping, defaultGroups, knownGroups } from '../../src/bandwidth/groups.js'

describe('groups', () => {
  const logOnce = new LogOnce()

  it('contain the protocols of libp2p and Helia', () => {
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

  it('prefer an exact name, then the longest prefix', () => {
    const group = createGrouping({ wide: ['/a/*', '*'], narrow: ['/a/b/*'], exact: ['/a/b/c'] }, logOnce)
    expect(['/a/b/c', '/a/b/d', '/a/x', '/z'].map(group)).toEqual(['exact', 'narrow', 'wide', 'wide'])
  })

  it('may be a function; when it throws, the protocol counts as other, and that is logged once', () => {
    const group = createGrouping((protocol) => {
      if (protocol === 'bad') throw new Error('no group')
      return protocol === 'mine' ? 'ours' : undefined
    }, logOnce)
    expect(['mine', 'else', 'bad', 'bad'].map(group)).toEqual(['ours', 'other', 'other', 'other'])
    const log: string[] = []
    logOnce.useLogger(loggerInto(log))
    expect(log).toEqual(['warn the option groups failed: Error: no group'])
  })

  it('are known in advance, so that they start at zero', () => {
    expect(knownGroups({ a: ['/a'], other: ['/b'] })).toEqual(['a', 'other'])
    expect(knownGroups(() => 'x')).toEqual(['other'])
  })
})
