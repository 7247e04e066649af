/** What the presets send arrives at the real servers with each label and each value. */
import { defineInstruments } from '@tidegauge/core'
import { until } from '@tidegauge/testkit'
import { expect, it, onTestFinished } from 'vitest'
import { startCollectd } from '../support/collectd.js'
import { startTransport } from '../support/start-transport.js'
import { startNetdata } from '../support/netdata.js'
import { startStatsd } from '../support/statsd-server.js'

const table = defineInstruments({
  hits: { kind: 'counter', name: 'hits_total', help: 'Hits.', labels: { region: {} } },
  cost: { kind: 'counter', name: 'cost_total', help: 'Cost.' },
  heat: { kind: 'gauge', name: 'heat', help: 'Heat.', labels: { region: {} } },
  wait: { kind: 'histogram', name: 'wait_seconds', help: 'Waiting.', bounds: [1, 2] },
})

const start = async (server: 'statsd' | 'collectd' | 'netdata', port: number) => {
  const started = await startTransport(table, { statsd: { server, port, flushIntervalMs: 3_600_000 } })
  const samples = started.transport.samples({ name: 'app.size', type: 'h' })
  const record = () => {
    started.instruments.hits.inc({ region: 'eu' }, 2)
    started.instruments.hits.inc({ region: 'us' }, 5)
    started.instruments.cost.inc(2.6)
    started.instruments.heat.set({ region: 'eu' }, -3.5)
    started.instruments.wait.observe(0.5)
    samples.record(70)
  }
  return { ...started, record }
}

it('#10/41: the preset of collectd loses no label, no fraction and no sample', async () => {
  const collectd = await startCollectd()
  onTestFinished(() => collectd.stop())
  await until(() => collectd.log().includes('Listening on'), 'collectd listens')
  const { tidegauge, record } = await start('collectd', collectd.port)
  for (let flush = 0; flush < 5; flush++) {
    record()
    await tidegauge.flush()
  }
  const expected = {
    'derive-hits_total.region.eu': 10,
    'derive-hits_total.region.us': 25,
    'derive-cost_total': 13,
    'gauge-heat.region.eu': -3.5,
    'derive-wait_seconds.count': 5,
  }
  await until(() => collectd.values()['derive-hits_total.region.us'] === 25, 'collectd has written').catch(
    () => {},
  )
  expect(collectd.values()).toMatchObject(expected)
  expect(Object.keys(collectd.values())).toContain('latency-app.size-upper')
  expect(collectd.log()).not.toContain('Unable to parse')
}, 30_000)

it('#10/41: the preset of statsd sends samples as timers, and histograms as quantiles', async () => {
  const server = await startStatsd()
  onTestFinished(() => server.kill())
  const { tidegauge, record } = await start('statsd', server.port)
  record()
  await tidegauge.flush()
  const { counters, gauges, timers } = await server.flush()
  expect(counters).toMatchObject({ 'hits_total;region=eu': 2, cost_total: 2.6 })
  expect(Object.keys(counters).filter((name) => name.includes('bucket'))).toEqual([])
  expect(Object.keys(gauges).filter((name) => name.startsWith('wait_seconds;quantile'))).toHaveLength(3)
  expect(timers).toEqual({ 'app.size': [70] })
  expect(server.badLines).toBe(0)
})

it('#10/41: the preset of netdata loses no label and no fraction', async () => {
  const netdata = await startNetdata()
  onTestFinished(() => netdata.stop())
  const { tidegauge, record } = await start('netdata', netdata.port)
  const sum = async (metric: string) =>
    (await netdata.values(metric)).reduce<number>((a, b) => a + (b ?? 0), 0)
  const isCounted = async (metric: string, least: number) => (await sum(metric)) > least
  // netdata does not show what the first line of a counter has
  record()
  const isKnown = async () => {
    // a flush that is refused, before netdata listens, is sent again
    await tidegauge.flush()
    return (await netdata.values('statsd_cost.total_counter')).length > 0
  }
  await until(isKnown, 'netdata knows the metrics')
  for (let flush = 0; flush < 5; flush++) {
    record()
    await tidegauge.flush()
  }
  // netdata spreads what arrives over its seconds; each fraction by itself would be cut off: a sum of 10 or 12
  await until(() => isCounted('statsd_cost.total_counter', 12.5), 'netdata has counted 13')
  await until(() => isCounted('statsd_hits.total.region.eu_counter', 9.5), 'netdata has counted 10 of eu')
  await until(() => isCounted('statsd_hits.total.region.us_counter', 24.5), 'netdata has counted 25 of us')
  expect(await netdata.values('statsd_heat.region.eu_gauge')).toContain(-3.5)
  expect(await netdata.values('statsd_app.size_histogram')).not.toEqual([])
}, 40_000)
