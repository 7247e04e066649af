import { defineInstruments, type Handles } from '@tidegauge/core'

/** One instrument of every kind. */
export const everyKind = defineInstruments({
  requests: {
    kind: 'counter',
    name: 'app_requests_total',
    help: 'Requests\nby "route" \\ path',
    labels: { route: {} },
  },
  oddCounter: { kind: 'counter', name: 'app_bytes', help: 'A counter without the suffix', unit: 'bytes' },
  open: { kind: 'up_down_counter', name: 'app_open', help: 'Open things' },
  heat: {
    kind: 'gauge',
    name: 'app_heat_celsius',
    help: 'Heat',
    unit: 'celsius',
    labels: { room: ['north', 'south'] },
  },
  wait: {
    kind: 'histogram',
    name: 'app_wait_seconds',
    help: 'Waiting',
    unit: 'seconds',
    bounds: [0.1, 1, 2.5],
  },
  size: { kind: 'exponential_histogram', name: 'app_size_bytes', help: 'Sizes', unit: 'bytes' },
  lag: { kind: 'summary', name: 'app_lag_seconds', help: 'Lag', unit: 'seconds', quantiles: [0.5, 0.99] },
  build: { kind: 'info', name: 'app_build_info', help: 'Build', labels: { version: {} } },
  phase: { kind: 'state_set', name: 'app_phase', help: 'Phase', states: ['idle', 'busy'] },
})

/** Records the same values each time, with every case that the formats write differently. */
export function recordEveryKind(instruments: Handles<typeof everyKind>): void {
  const { requests, oddCounter, open, heat, wait, size, lag, build, phase } = instruments
  requests.inc({ route: '/a' }, 3, { labels: { trace_id: 'abc' }, timestampSeconds: 1_700_000_000.5 })
  requests.inc({ route: 'quote " slash \\ break \n' }, 0.1)
  oddCounter.inc(1234567890123)
  open.inc(2)
  open.dec(5)
  heat.set({ room: 'north' }, -0.25)
  heat.set({ room: 'south' }, Infinity)
  for (const seconds of [0.05, 0.1, 0.7, 3]) wait.observe(seconds)
  wait.observe(2.5, { labels: { trace_id: 'd' }, timestampSeconds: 1_700_000_001 })
  for (const bytes of [-1, 0, 1, 3, 4, 1000]) size.observe(bytes)
  for (let i = 1; i <= 100; i++) lag.observe(i / 100)
  build.set({ version: '1.2.3' })
  phase.set('busy')
}
