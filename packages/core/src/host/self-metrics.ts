import { defineInstruments } from '../definition/definition.js'
import { dropReasons } from '../definition/drop-reason.js'

/** The name under which the host's own metrics are filtered and routed. */
export const selfPlugin = 'tidegauge'

/** Why a collect pass or a start failed: the values of `reason`. */
export const failureReasons = ['error', 'timeout', 'start', 'registration'] as const

/** How an export ended: the values of `outcome`. */
export const exportOutcomes = ['success', 'failure', 'aborted'] as const

export type FailureReason = (typeof failureReasons)[number]

/** What Tidegauge reports about itself. */
export const selfInstruments = defineInstruments({
  build: {
    kind: 'info',
    name: 'tidegauge_build_info',
    help: 'The version of @tidegauge/core and of Node.js',
    labels: { version: {}, node_version: {} },
  },
  up: {
    kind: 'gauge',
    name: 'tidegauge_plugin_up',
    help: '1 when the plugin has started and its latest collect pass went well',
    labels: { plugin: {} },
    lifetime: 'event',
  },
  duration: {
    kind: 'timer',
    name: 'tidegauge_plugin_collect_duration_seconds',
    help: 'How long collect passes took',
    unit: 'seconds',
    labels: { plugin: {} },
    bounds: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10],
  },
  failures: {
    kind: 'counter',
    name: 'tidegauge_plugin_collect_failures_total',
    help: 'Collect passes and starts that failed, by reason',
    labels: { plugin: {}, reason: failureReasons },
  },
  pluginSuccess: {
    kind: 'gauge',
    name: 'tidegauge_plugin_last_success_timestamp_seconds',
    help: 'Unix time of the latest collect pass that went well: the age of the values',
    unit: 'seconds',
    labels: { plugin: {} },
    lifetime: 'event',
  },
  exports: {
    kind: 'counter',
    name: 'tidegauge_transport_exports_total',
    help: 'Exports by outcome; aborted ones were ended by the other side',
    labels: { transport: {}, outcome: exportOutcomes },
  },
  transportSuccess: {
    kind: 'gauge',
    name: 'tidegauge_transport_last_success_timestamp_seconds',
    help: 'Unix time of the latest export that went well',
    unit: 'seconds',
    labels: { transport: {} },
    lifetime: 'event',
  },
  queueSize: {
    kind: 'gauge',
    name: 'tidegauge_transport_queue_size',
    help: 'Exports under way or waiting',
    labels: { transport: {} },
    lifetime: 'event',
  },
  series: {
    kind: 'gauge',
    name: 'tidegauge_series',
    help: 'Series held for each plugin',
    labels: { plugin: {} },
    lifetime: 'event',
  },
  overflowed: {
    kind: 'counter',
    name: 'tidegauge_series_overflowed_total',
    help: 'Values that went to an overflow series because their instrument was at its limit',
    labels: { instrument: {} },
  },
  droppedAttributes: {
    kind: 'counter',
    name: 'tidegauge_dropped_event_attributes_total',
    help: 'Attributes of events that were dropped because the plugin does not declare them',
    labels: { plugin: {} },
  },
  dropped: {
    kind: 'counter',
    name: 'tidegauge_dropped_samples_total',
    help: 'Samples that could not be recorded, by reason',
    labels: { reason: dropReasons },
  },
})
