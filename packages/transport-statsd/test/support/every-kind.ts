import { defineInstruments, type Handles } from '@tidegauge/core'

/** One instrument of every kind. */
export const everyKind = defineInstruments({
  requests: {
    kind: 'counter',
    name: 'app_requests_total',
    dottedName: 'app.requests',
    help: 'Requests.',
    labels: { route: {}, method: ['GET', 'PUT'] },
  },
  open: { kind: 'up_down_counter', name: 'app_open', dottedName: 'app.open', help: 'Open things.' },
  heat: {
    kind: 'gauge',
    name: 'app_heat_celsius',
    help: 'Heat.',
    unit: 'celsius',
    labels: { room: ['north', 'south', 'west'] },
  },
  speed: { kind: 'rate', name: 'app_speed', help: 'Requests per second.', of: 'requests' },
  wait: {
    kind: 'histogram',
    name: 'app_wait_seconds',
    dottedName: 'app.wait',
    help: 'Waiting.',
    unit: 'seconds',
    bounds: [0.1, 1, 2.5],
  },
  work: { kind: 'timer', name: 'app_work_seconds', help: 'Working.', bounds: [1], labels: { job: {} } },
  size: { kind: 'exponential_histogram', name: 'app_size_bytes', help: 'Sizes.', unit: 'bytes' },
  lag: { kind: 'summary', name: 'app_lag_seconds', help: 'Lag.', unit: 'seconds', quantiles: [0.5, 0.99] },
  build: { kind: 'info', name: 'app_build_info', help: 'Build.', labels: { version: {} } },
  phase: { kind: 'state_set', name: 'app_phase', help: 'Phase.', states: ['idle', 'busy'] },
})

/** Records the same values each time, of every sort that is written differently. */
export function recordEveryKind(instruments: Handles<typeof everyKind>): void {
  const { requests, open, heat, wait, work, size, lag, build, phase } = instruments
  requests.inc({ route: '/a', method: 'GET' }, 3)
  requests.inc({ route: 'a:b|c,d=e f\ng#@[h];ü', method: 'PUT' }, 0.1)
  requests.inc({ route: '', method: 'PUT' }, 1234567890123)
  open.inc(2)
  open.dec(5)
  heat.set({ room: 'north' }, -0.25)
  heat.set({ room: 'south' }, Infinity)
  heat.set({ room: 'west' }, 1e-7)
  for (const seconds of [0.05, 0.1, 0.7, 2.5, 3]) wait.observe(seconds)
  work.observe({ job: 'sweep' }, 0.5)
  for (const bytes of [-1, 0, 1, 3, 4, 1000]) size.observe(bytes)
  for (let i = 1; i <= 100; i++) lag.observe(1)
  build.set({ version: '1.2.3' })
  phase.set('busy')
}
