import { createManualClock, startTestHost } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { createIpnsRecorder, ipns } from '../src/index.js'

const startMs = 1_700_000_000_000

async function recorded() {
  const clock = createManualClock(startMs)
  const recorder = createIpnsRecorder({ clock })
  const host = await startTestHost(ipns({ source: recorder }), { clock })
  const values = async () => Object.fromEntries(await host.read())
  return { clock, recorder, values }
}

describe('a recorder', () => {
  it('exports only zeros before anything happens', async () => {
    const { values } = await recorded()
    expect(await values()).toEqual({
      'libp2p_ipns_records_total{state="tracked"}': 0,
      'libp2p_ipns_records_total{state="overdue"}': 0,
      'libp2p_ipns_republisher_runs_total{result="success"}': 0,
      'libp2p_ipns_republisher_runs_total{result="failure"}': 0,
    })
  })

  it('exports records, refreshes and the task that refreshes them', async () => {
    const { clock, recorder, values } = await recorded()
    recorder.republisherStarted()
    recorder.track('a', { dueMs: startMs + 10_000, nextAttemptMs: startMs + 12_000 })
    recorder.track('b', { namespace: 'mine', dueMs: startMs - 1, nextAttemptMs: startMs + 3_000 })
    recorder.published('a', 'success')
    await clock.advance(1_000)
    recorder.refreshFailed('b', { nextAttemptMs: startMs + 30_000 })
    recorder.runEnded('success')
    expect(await values()).toEqual({
      'libp2p_ipns_records_total{state="tracked"}': 2,
      'libp2p_ipns_records_total{state="overdue"}': 1,
      'libp2p_ipns_namespace_records{namespace="ipns",state="active"}': 1,
      'libp2p_ipns_namespace_records{namespace="ipns",state="backoff"}': 0,
      'libp2p_ipns_namespace_records{namespace="mine",state="active"}': 0,
      'libp2p_ipns_namespace_records{namespace="mine",state="backoff"}': 1,
      'libp2p_ipns_refresh_total{namespace="ipns",result="success"}': 0,
      'libp2p_ipns_refresh_total{namespace="ipns",result="failure"}': 0,
      'libp2p_ipns_refresh_total{namespace="mine",result="success"}': 0,
      'libp2p_ipns_refresh_total{namespace="mine",result="failure"}': 1,
      'libp2p_ipns_next_attempt_seconds{namespace="ipns"}': 11,
      'libp2p_ipns_next_attempt_seconds{namespace="mine"}': 29,
      'libp2p_ipns_last_event_unix{namespace="mine",event="failure"}': startMs / 1000 + 1,
      'libp2p_ipns_publish_total{namespace="ipns",result="success"}': 1,
      'libp2p_ipns_publish_total{namespace="ipns",result="failure"}': 0,
      'libp2p_ipns_publish_total{namespace="mine",result="success"}': 0,
      'libp2p_ipns_publish_total{namespace="mine",result="failure"}': 0,
      libp2p_ipns_republisher_running: 1,
      'libp2p_ipns_republisher_runs_total{result="success"}': 1,
      'libp2p_ipns_republisher_runs_total{result="failure"}': 0,
    })
  })

  it('ends a back-off with a success, and starts one with a publish that failed', async () => {
    const { clock, recorder, values } = await recorded()
    const states = async () => {
      const all = await values()
      return ['active', 'backoff'].map(
        (state) => all[`libp2p_ipns_namespace_records{namespace="ipns",state="${state}"}`],
      )
    }
    recorder.refreshFailed('a')
    expect(await states()).toEqual([0, 1])
    await clock.advance(2_000)
    recorder.refreshSucceeded('a', { dueMs: startMs + 50_000 })
    expect(await states()).toEqual([1, 0])
    recorder.published('a', 'failure')
    expect(await states()).toEqual([0, 1])
    recorder.published('a', 'success')
    expect(await states()).toEqual([1, 0])
    const all = await values()
    expect(all['libp2p_ipns_last_event_unix{namespace="ipns",event="success"}']).toBe(startMs / 1000 + 2)
    expect(all['libp2p_ipns_last_event_unix{namespace="ipns",event="failure"}']).toBe(startMs / 1000)
    expect(all['libp2p_ipns_records_total{state="overdue"}']).toBe(0)
  })

  it('forgets a record and keeps its totals', async () => {
    const { recorder, values } = await recorded()
    recorder.refreshSucceeded('a', { namespace: 'mine' })
    recorder.untrack('a')
    recorder.untrack('never seen')
    const all = await values()
    expect(all['libp2p_ipns_records_total{state="tracked"}']).toBe(0)
    expect(all['libp2p_ipns_namespace_records{namespace="mine",state="active"}']).toBe(0)
    expect(all['libp2p_ipns_refresh_total{namespace="mine",result="success"}']).toBe(1)
  })

  it('keeps what is left out of an update', async () => {
    const { recorder, values } = await recorded()
    recorder.track('a', { namespace: 'mine', dueMs: startMs - 1, nextAttemptMs: startMs + 5_000 })
    recorder.track('a')
    const all = await values()
    expect(all['libp2p_ipns_records_total{state="overdue"}']).toBe(1)
    expect(all['libp2p_ipns_next_attempt_seconds{namespace="mine"}']).toBe(5)
  })
  it('exports the puts of routers, and whether the republisher runs', async () => {
    const { recorder, values } = await recorded()
    recorder.routerPut('dht', 'success')
    recorder.routerPut('dht', 'success')
    recorder.routerPut('http', 'failure')
    recorder.republisherStarted()
    expect(await values()).toMatchObject({
      'libp2p_ipns_router_puts_total{router="dht",result="success"}': 2,
      'libp2p_ipns_router_puts_total{router="http",result="failure"}': 1,
      libp2p_ipns_republisher_running: 1,
    })
    recorder.republisherStopped()
    expect(await values()).toMatchObject({ libp2p_ipns_republisher_running: 0 })
  })
})
