import { defineInstruments } from '@tidegauge/core'
import { dropReasons } from './counts.js'

/** The metrics of the transport itself, which the plugin of `selfMetrics()` reports. */
export const instruments = defineInstruments({
  flushes: {
    kind: 'counter',
    name: 'tidegauge_statsd_flushes_total',
    help: 'Flushes that were sent completely.',
  },
  lines: {
    kind: 'counter',
    name: 'tidegauge_statsd_lines_total',
    help: 'Lines that were sent.',
  },
  datagrams: {
    kind: 'counter',
    name: 'tidegauge_statsd_datagrams_total',
    help: 'Datagrams that were sent; over TCP, connections that were read to their end.',
  },
  bytes: {
    kind: 'counter',
    name: 'tidegauge_statsd_sent_bytes_total',
    help: 'Bytes that were sent, without network headers.',
    unit: 'bytes',
  },
  errors: {
    kind: 'counter',
    name: 'tidegauge_statsd_errors_total',
    help: 'Datagrams and connections that failed, and flushes that had to wait for the receiver.',
  },
  dropped: {
    kind: 'counter',
    name: 'tidegauge_statsd_dropped_lines_total',
    help: 'Lines that will never be sent, by reason.',
    labels: { reason: dropReasons },
  },
  doubtful: {
    kind: 'counter',
    name: 'tidegauge_statsd_doubtful_lines_total',
    help: 'Lines of TCP connections that broke: the receiver may have them or not.',
  },
  replaced: {
    kind: 'counter',
    name: 'tidegauge_statsd_replaced_series_total',
    help: 'Series with a character in their name or labels that was replaced.',
  },
})
