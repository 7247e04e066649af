import { describe, expect, it } from 'vitest'
import { createIpnsRecorder, instruments, ipns } from '../src/index.js'
import { startTestHost } from '@tidegauge/testkit'

/** The metrics that dashboards use, with kind and labels. They do not change. */
const contract = {
  libp2p_ipns_records_total: { kind: 'gauge', labels: ['state'] },
  libp2p_ipns_namespace_records: { kind: 'gauge', labels: ['namespace', 'state'] },
  libp2p_ipns_refresh_total: { kind: 'counter', labels: ['namespace', 'result'] },
  libp2p_ipns_next_attempt_seconds: { kind: 'gauge', labels: ['namespace'] },
  libp2p_ipns_last_event_unix: { kind: 'gauge', labels: ['namespace', 'event'] },
}

/** Further metrics of this package. */
const own = {
  libp2p_ipns_publish_total: { kind: 'counter', labels: ['namespace', 'result'] },
  libp2p_ipns_router_puts_total: { kind: 'counter', labels: ['router', 'result'] },
  libp2p_ipns_republisher_running: { kind: 'gauge', labels: [] },
  libp2p_ipns_republisher_runs_total: { kind: 'counter', labels: ['result'] },
}

describe('the contract', () => {
  it('is exported with these kinds and labels, and with the further metrics only', async () => {
    const recorder = createIpnsRecorder()
    recorder.refreshSucceeded('a', { nextAttemptMs: Date.now() })
    recorder.republisherStarted()
    recorder.routerPut('dht', 'success')
    recorder.runEnded('success')
    const host = await startTestHost(ipns({ source: recorder }))
    const exported = host.memory.read().map(({ name, kind, labels }) => [name, { kind, labels }])
    expect(Object.fromEntries(exported)).toEqual({ ...contract, ...own })
    const series = [...(await host.read()).keys()]
    const present = series.map((one) => one.replace(/\{.*/, ''))
    expect(new Set(present)).toEqual(new Set(Object.keys({ ...contract, ...own })))
  })

  it('has these closed label values', () => {
    expect(instruments.records.labels.state).toEqual(['tracked', 'overdue'])
    expect(instruments.namespaceRecords.labels.state).toEqual(['active', 'backoff'])
    expect(instruments.refreshes.labels.result).toEqual(['success', 'failure'])
    expect(instruments.lastEvent.labels.event).toEqual(['success', 'failure'])
  })

  it('is the only place where a metric is named against the rules', () => {
    const gauges = Object.values(instruments).filter(({ kind }) => kind === 'gauge')
    expect(gauges.map(({ name }) => name).filter((name) => name.endsWith('_total'))).toEqual([
      'libp2p_ipns_records_total',
    ])
    for (const { name, help } of Object.values(instruments)) {
      expect(name).toMatch(/^libp2p_ipns_[a-z_]+$/)
      expect(help).toMatch(/\.$/)
    }
  })
})
