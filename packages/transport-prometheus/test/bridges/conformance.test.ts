import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { testPlugin, testTransport } from '@tidegauge/testkit'
import promClient from 'prom-client'
import {
  nodeMetricsPlugin,
  openTelemetryPlugin,
  promClientPlugin,
  serveThrough,
  type ServingRegistry,
} from '../../src/index.js'
import { parseExposition } from '../support/parse-exposition.js'

testPlugin({
  name: 'prom-client',
  create() {
    const register = new promClient.Registry()
    new promClient.Counter({ name: 'app_jobs_total', help: 'Jobs', registers: [register] }).inc(2)
    new promClient.Histogram({
      name: 'app_wait_seconds',
      help: 'W',
      labelNames: ['a'],
      registers: [register],
    }).observe({ a: 'x' }, 2)
    return promClientPlugin(register)
  },
  present: ['app_jobs_total', 'app_wait_seconds', 'tidegauge_prom_client_skipped_metrics'],
})

testPlugin({
  name: 'node-metrics',
  create: () => nodeMetricsPlugin(promClient),
  present: ['process_cpu_seconds_total', 'nodejs_version_info', 'nodejs_eventloop_lag_p99_seconds'],
})

testPlugin({
  name: 'opentelemetry',
  create() {
    const plugin = openTelemetryPlugin()
    const meter = new MeterProvider({ readers: [plugin.reader] }).getMeter('app')
    meter.createCounter('app.jobs').add(2)
    meter.createHistogram('app.wait', { unit: 's' }).record(2, { a: 'x' })
    return plugin
  },
  present: ['app_jobs_total', 'app_wait_seconds'],
})

const registries = new WeakMap<object, ServingRegistry>()

testTransport({
  name: 'prom-client',
  create() {
    const register = new promClient.Registry()
    const transport = serveThrough(register)
    registries.set(transport, register)
    return transport
  },
  async receive(transport) {
    const families = parseExposition(await registries.get(transport)!.metrics(), 'text')
    return families.flatMap(({ name, type, samples }) =>
      samples
        .filter((sample) => sample.name === (type === 'histogram' ? `${name}_count` : name))
        .map(({ labels, value }) => ({ name, labels: { ...labels }, value })),
    )
  },
})
