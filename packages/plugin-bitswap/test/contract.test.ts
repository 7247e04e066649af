import { startTestHost } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { bitswap, createBitswapRecorder, instruments } from '../src/index.js'

/** The names that dashboards use, with their kinds and labels. They do not change. */
const contract = {
  libp2p_bitswap_bytes_total: { kind: 'counter', labels: ['direction'] },
  libp2p_bitswap_blocks_total: { kind: 'counter', labels: ['direction'] },
  libp2p_bitswap_have_total: { kind: 'counter', labels: ['direction'] },
  libp2p_bitswap_dont_have_total: { kind: 'counter', labels: ['direction'] },
  libp2p_bitswap_wants_total: { kind: 'counter', labels: ['direction'] },
  libp2p_bitswap_exchanges_total: { kind: 'counter', labels: [] },
  libp2p_bitswap_peers: { kind: 'gauge', labels: [] },
  libp2p_bitswap_max_debt_ratio: { kind: 'gauge', labels: [] },
  libp2p_bitswap_top_debtor_ratio: { kind: 'gauge', labels: ['peer', 'rank'] },
  libp2p_bitswap_top_debtor_bytes: { kind: 'gauge', labels: ['peer', 'rank', 'direction'] },
  libp2p_bitswap_advertisements_total: { kind: 'counter', labels: ['target', 'result'] },
  libp2p_bitswap_advertisement_last_success_timestamp: { kind: 'gauge', labels: ['target'] },
  libp2p_bitswap_advertisement_last_attempt_timestamp: { kind: 'gauge', labels: [] },
}

describe('the contract', () => {
  it('is exported with these kinds and labels', async () => {
    const host = await startTestHost(bitswap({ source: createBitswapRecorder() }))
    const exported = host.memory
      .read()
      .filter(({ name }) => name in contract)
      .map(({ name, kind, labels }) => [name, { kind, labels }])
    expect(Object.fromEntries(exported)).toEqual(contract)
  })

  it('has its closed label values', () => {
    expect(instruments.bytes.labels.direction).toEqual(['sent', 'received'])
    expect(instruments.topDebtorBytes.labels.direction).toEqual(['sent', 'received'])
    expect(instruments.topDebtorRatio.labels.rank).toEqual(['1', '2', '3', '4', '5'])
    expect(instruments.topDebtorBytes.labels.rank).toEqual(['1', '2', '3', '4', '5'])
    expect(instruments.advertisements.labels).toEqual({
      target: ['dht', 'delegated', 'all'],
      result: ['success', 'failure', 'skipped'],
    })
    expect(instruments.advertisementLastSuccess.labels.target).toEqual(['dht', 'delegated'])
    expect(instruments.sendFailures.labels.reason).toEqual(['dial', 'stream'])
  })

  it('has peers in the privacy class of peer ids', () => {
    expect(instruments.topDebtorRatio.labels.peer).toEqual({ privacy: 'peer_id' })
    expect(instruments.topDebtorBytes.labels.peer).toEqual({ privacy: 'peer_id' })
  })

  it('has names and help texts of one form, with those that were added to it', () => {
    for (const { name, kind, help } of Object.values(instruments)) {
      expect(name).toMatch(/^libp2p_bitswap_[a-z_]+$/)
      expect(help).toMatch(/\.$/)
      expect(name.endsWith('_total')).toBe(kind === 'counter')
    }
  })
})
