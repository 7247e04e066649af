import { createManualClock, startTestHost } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { bitswap, createBitswapRecorder } from '../src/index.js'

describe('a recorder', () => {
  it('sets every metric of the plugin to what was recorded', async () => {
    const clock = createManualClock()
    const recorder = createBitswapRecorder({ clock })
    const host = await startTestHost(bitswap({ source: recorder }))
    recorder.sent.message({ blocks: 2, bytes: 300, have: 1, dontHave: 2, wants: 3, cancels: 1 })
    recorder.sent.message()
    recorder.received.messages++
    recorder.received.blocks++
    recorder.received.bytes += 50
    recorder.sendFailed()
    recorder.sendFailed('dial')
    recorder.sendFailed('dial')
    for (const peer of ['peer-one', 'peer-two', 'peer-gone']) recorder.connected(peer)
    recorder.ledger('peer-one').sent(300)
    recorder.ledger('peer-two').received(50)
    recorder.ledger('peer-gone').sent(1_000)
    recorder.disconnected('peer-gone')
    recorder.want('cid-old')
    await clock.advance(90_000)
    recorder.want('cid-new')
    recorder.want('cid-old')
    recorder.want('cid-come')
    recorder.unwant('cid-come')
    recorder.advertisements.attempt(5_000)
    recorder.advertisements.success('dht', 6_000)
    recorder.advertisements.failure('delegated')
    recorder.advertisements.skip(4)
    const values = await host.read()
    expect(Object.fromEntries([...values].filter(([, value]) => value !== 0))).toEqual({
      'libp2p_bitswap_messages_total{direction="sent"}': 2,
      'libp2p_bitswap_messages_total{direction="received"}': 1,
      'libp2p_bitswap_blocks_total{direction="sent"}': 2,
      'libp2p_bitswap_blocks_total{direction="received"}': 1,
      'libp2p_bitswap_bytes_total{direction="sent"}': 300,
      'libp2p_bitswap_bytes_total{direction="received"}': 50,
      'libp2p_bitswap_have_total{direction="sent"}': 1,
      'libp2p_bitswap_dont_have_total{direction="sent"}': 2,
      'libp2p_bitswap_wants_total{direction="sent"}': 3,
      'libp2p_bitswap_cancels_total{direction="sent"}': 1,
      'libp2p_bitswap_send_failures_total{reason="stream"}': 1,
      'libp2p_bitswap_send_failures_total{reason="dial"}': 2,
      libp2p_bitswap_exchanges_total: 3,
      libp2p_bitswap_peers: 2,
      libp2p_bitswap_max_debt_ratio: 300,
      'libp2p_bitswap_top_debtor_ratio{peer="peer-one",rank="1"}': 300,
      'libp2p_bitswap_top_debtor_bytes{peer="peer-one",rank="1",direction="sent"}': 300,
      libp2p_bitswap_wantlist_size: 2,
      libp2p_bitswap_oldest_want_age_seconds: 90,
      'libp2p_bitswap_advertisements_total{target="dht",result="success"}': 1,
      'libp2p_bitswap_advertisements_total{target="delegated",result="failure"}': 1,
      'libp2p_bitswap_advertisements_total{target="all",result="skipped"}': 4,
      'libp2p_bitswap_advertisement_last_success_timestamp{target="dht"}': 6,
      libp2p_bitswap_advertisement_last_attempt_timestamp: 5,
    })
    recorder.unwant('cid-old')
    expect(await host.value('libp2p_bitswap_oldest_want_age_seconds')).toBe(0)
    expect(await host.value('libp2p_bitswap_wantlist_size')).toBe(1)
    expect(values.has('libp2p_bitswap_send_queue_size')).toBe(false)
    expect(host.log).toEqual([])
  })

  it('starts every counter at zero, and has no time of an advertisement before there was one', async () => {
    const host = await startTestHost(bitswap({ source: createBitswapRecorder() }))
    const values = await host.read()
    expect([...values.values()].every((value) => value === 0)).toBe(true)
    expect(values.get('libp2p_bitswap_bytes_total{direction="sent"}')).toBe(0)
    expect([...values.keys()].filter((key) => /timestamp|debtor/.test(key))).toEqual([])
  })

  it('finds the largest debt among a thousand ledgers that all change', async () => {
    const recorder = createBitswapRecorder()
    const host = await startTestHost(bitswap({ source: recorder }))
    const ledgers = Array.from({ length: 1_000 }, (_, i) => recorder.ledger(`12D3KooWpeer${i}`))
    for (let round = 0; round < 50; round++) {
      for (const [i, ledger] of ledgers.entries()) ledger.sent((i * 7_919 + round * 104_729) % 10_007)
      recorder.read()
    }
    const best = Math.max(...ledgers.map(({ bytesSent }) => bytesSent))
    expect(await host.value('libp2p_bitswap_max_debt_ratio')).toBe(best)
    expect(await host.value('libp2p_bitswap_exchanges_total')).toBe(50_000)
  })
})
