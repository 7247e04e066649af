import { describe, expect, it } from 'vitest'
import { CertificateHistory, hashesIn } from '../../src/webtransport/certificates.js'

describe('the certificate history', () => {
  it('finds every hash in an address', () => {
    expect(hashesIn('/ip4/1.2.3.4/udp/1/quic-v1/webtransport/certhash/uA/certhash/uB/p2p/x')).toEqual([
      'uA',
      'uB',
    ])
    expect(hashesIn('/ip4/1.2.3.4/tcp/1')).toEqual([])
  })

  it('does not count addresses that are gone for a while as a rotation', () => {
    const certificates = new CertificateHistory(2)
    certificates.update(['a'], 1)
    certificates.update([], 2)
    expect([certificates.current, certificates.history, certificates.lastRotationMs]).toEqual([[], [], 1])
    certificates.update(['a'], 3)
    expect([certificates.current, certificates.history, certificates.lastRotationMs]).toEqual([['a'], [], 1])
  })

  it('keeps the latest hashes, without those that are announced again', () => {
    const certificates = new CertificateHistory(2)
    for (const [i, hash] of ['a', 'b', 'c', 'd'].entries()) certificates.update([hash], i)
    expect(certificates.history).toEqual(['c', 'b'])
    certificates.update(['c'], 9)
    expect([certificates.current, certificates.history, certificates.lastRotationMs]).toEqual([
      ['c'],
      ['d', 'b'],
      9,
    ])
  })

  it('keeps a hash current while the next one is announced beside it', () => {
    const certificates = new CertificateHistory(2)
    certificates.update(['a'], 1)
    certificates.update(['a', 'b'], 2)
    expect([certificates.current, certificates.history, certificates.lastRotationMs]).toEqual([
      ['a', 'b'],
      [],
      2,
    ])
    certificates.update(['b'], 3)
    expect([certificates.current, certificates.history, certificates.lastRotationMs]).toEqual([
      ['b'],
      ['a'],
      2,
    ])
  })
})
