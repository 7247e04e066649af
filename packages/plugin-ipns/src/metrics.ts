import { defineInstruments } from '@tidegauge/core'

// Table of constants. Dashboards use the first five by name, also the gauge whose name ends in `_total`.

/** How a refresh, a publish, a put or a run can end. */
export const results = ['success', 'failure'] as const

/** The instruments of the plugin, as data. */
export const instruments = defineInstruments({
  records: {
    kind: 'gauge',
    name: 'libp2p_ipns_records_total',
    help: 'Records that the node keeps alive (tracked), and those of them that are due for a refresh (overdue).',
    unit: 'records',
    labels: { state: ['tracked', 'overdue'] },
  },
  namespaceRecords: {
    kind: 'gauge',
    name: 'libp2p_ipns_namespace_records',
    help: 'Records by namespace; those in back-off have a latest attempt that did not reach the network.',
    unit: 'records',
    labels: { namespace: {}, state: ['active', 'backoff'] },
  },
  refreshes: {
    kind: 'counter',
    name: 'libp2p_ipns_refresh_total',
    help: 'Refreshes by the republisher; a success reached the network.',
    labels: { namespace: {}, result: results },
  },
  nextAttempt: {
    kind: 'gauge',
    name: 'libp2p_ipns_next_attempt_seconds',
    help: 'Seconds until the next planned refresh; absent when none is planned.',
    unit: 'seconds',
    labels: { namespace: {} },
  },
  lastEvent: {
    kind: 'gauge',
    name: 'libp2p_ipns_last_event_unix',
    help: 'Unix time at which a refresh last succeeded or failed.',
    unit: 'seconds',
    labels: { namespace: {}, event: results },
  },
  publishes: {
    kind: 'counter',
    name: 'libp2p_ipns_publish_total',
    help: 'Records that the application published; a success reached the network.',
    labels: { namespace: {}, result: results },
  },
  routerPuts: {
    kind: 'counter',
    name: 'libp2p_ipns_router_puts_total',
    help: 'Records handed to each router, published or refreshed; for a DHT a success is one that a peer acknowledged.',
    labels: { router: {}, result: results },
  },
  republisherRunning: {
    kind: 'gauge',
    name: 'libp2p_ipns_republisher_running',
    help: '1 while the republisher runs; while it does not, no record is refreshed.',
  },
  republisherRuns: {
    kind: 'counter',
    name: 'libp2p_ipns_republisher_runs_total',
    help: 'Runs of the republisher over all records; a failure could not list them.',
    labels: { result: results },
  },
})
