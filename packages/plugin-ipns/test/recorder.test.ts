import { createManualClock } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { createIpnsRecorder, ipns } from '../src/index.js'
import { startHost } from './support/host.js'

const startMs = 1_700_000_000_000

async function recorded() {
  const clock = createManualClock(startMs)
  const recorder = createIpnsRecorder({ clock })
  const host = await startHost(ipns({ source: recorder }), { clock })
  const values = async () =>
    Object.fromEntries(
      [...(await host.read())].map(([series, value]) => [series.replace('libp2p_ipns_', ''), value]),
    )
  return { clock, recorder, values }
}

describe('a recorder', () => {
  it('tells nothing but zeros before anything happens', async () => {
    const { values } = await recorded()
    expect(await values()).toEqual({
      'records_total{state="tracked"}': 0,
      'records_total{state="overdue"}': 0,
      'republisher_runs_total{result="success"}': 0,
      'republisher_runs_total{result="failure"}': 0,
    })
  })

  it('tells of records, refreshes and the task that makes them', async () => {
    const { clock, recorder, values } = await recorded()
    recorder.republisher(true)
    recorder.track('a', { dueMs: startMs + 10_000, nextAttemptMs: startMs + 12_000 })
    recorder.track('b', { namespace: 'mine', dueMs: startMs - 1, nextAttemptMs: startMs + 3_000 })
    recorder.published('a', 'success')
    await clock.advance(1_000)
    recorder.refreshFailed('b', { nextAttemptMs: startMs + 30_000 })
    recorder.runEnded('success')
    expect(await values()).toEqual({
      'records_total{state="tracked"}': 2,
      'records_total{state="overdue"}': 1,
      'namespace_records{namespace="ipns",state="active"}': 1,
      'namespace_records{namespace="ipns",state="backoff"}': 0,
      'namespace_records{namespace="mine",state="active"}': 0,
      'namespace_records{namespace="mine",state="backoff"}': 1,
      'refresh_total{namespace="ipns",result="success"}': 0,
      'refresh_total{namespace="ipns",result="failure"}': 0,
      'refresh_total{namespace="mine",result="success"}': 0,
      'refresh_total{namespace="mine",result="failure"}': 1,
      'next_attempt_seconds{namespace="ipns"}': 11,
      'next_attempt_seconds{namespace="mine"}': 29,
      'last_event_unix{namespace="mine",event="failure"}': startMs / 1000 + 1,
      'publish_total{namespace="ipns",result="success"}': 1,
      'publish_total{namespace="ipns",result="failure"}': 0,
      'publish_total{namespace="mine",result="success"}': 0,
      'publish_total{namespace="mine",result="failure"}': 0,
      republisher_running: 1,
      'republisher_runs_total{result="success"}': 1,
      'republisher_runs_total{result="failure"}': 0,
    })
  })

  it('ends a back-off with a success, and begins one with a publish that failed', async () => {
    const { clock, recorder, values } = await recorded()
    const states = async () => {
      const all = await values()
      return ['active', 'backoff'].map((state) => all[`namespace_records{namespace="ipns",state="${state}"}`])
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
    expect(all['last_event_unix{namespace="ipns",event="success"}']).toBe(startMs / 1000 + 2)
    expect(all['last_event_unix{namespace="ipns",event="failure"}']).toBe(startMs / 1000)
    expect(all['records_total{state="overdue"}']).toBe(0)
  })

  it('forgets a record and keeps what was counted', async () => {
    const { recorder, values } = await recorded()
    recorder.refreshSucceeded('a', { namespace: 'mine' })
    recorder.untrack('a')
    recorder.untrack('never seen')
    const all = await values()
    expect(all['records_total{state="tracked"}']).toBe(0)
    expect(all['namespace_records{namespace="mine",state="active"}']).toBe(0)
    expect(all['refresh_total{namespace="mine",result="success"}']).toBe(1)
  })

  it('keeps what it is not told anew', async () => {
    const { recorder, values } = await recorded()
    recorder.track('a', { namespace: 'mine', dueMs: startMs - 1, nextAttemptMs: startMs + 5_000 })
    recorder.track('a')
    const all = await values()
    expect(all['records_total{state="overdue"}']).toBe(1)
    expect(all['next_attempt_seconds{namespace="mine"}']).toBe(5)
  })
})
