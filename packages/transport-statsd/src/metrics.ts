import { defineInstruments } from '@tidegauge/core'
import { dropReasons } from './tally.js'

/** What the transport tells about itself, through the plugin that `selfMetrics()` gives. */
export const instruments = defineInstruments({
  flushes: {
    kind: 'counter',
    name: 'tidegauge_statsd_flushes_total',
    help: 'Flushes that were sent whole.',
  },
  lines: {
    kind: 'counter',
    name: 'tidegauge_statsd_lines_total',
    help: 'Lines that were sent.',
  },
  datagrams: {
    kind: 'counter',
    name: 'tidegauge_statsd_datagrams_total',
    help: 'Datagrams that were sent; over TCP the connections that were read to their end.',
  },
  bytes: {
    kind: 'counter',
    name: 'tidegauge_statsd_sent_bytes_total',
    help: 'Bytes that were sent, without the headers of the network.',
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
    help: 'Lines of TCP connections that broke, which the receiver may have or not.',
  },
  replaced: {
    kind: 'counter',
    name: 'tidegauge_statsd_replaced_series_total',
    help: 'Series of whose name or labels a character had to be replaced.',
  },
})
