import { expect, it } from 'vitest'
import { instruments } from '../src/index.js'

it('reports its own metrics under these names, kinds and labels', () => {
  expect(
    Object.values(instruments).map(({ name, kind, ...rest }) => [
      name,
      kind,
      'labels' in rest && rest.labels,
    ]),
  ).toEqual([
    ['tidegauge_statsd_flushes_total', 'counter', false],
    ['tidegauge_statsd_lines_total', 'counter', false],
    ['tidegauge_statsd_datagrams_total', 'counter', false],
    ['tidegauge_statsd_sent_bytes_total', 'counter', false],
    ['tidegauge_statsd_errors_total', 'counter', false],
    [
      'tidegauge_statsd_dropped_lines_total',
      'counter',
      { reason: ['oversized', 'not_finite', 'sample_invalid', 'samples_full', 'connection_broken'] },
    ],
    ['tidegauge_statsd_doubtful_lines_total', 'counter', false],
    ['tidegauge_statsd_replaced_series_total', 'counter', false],
  ])
})
