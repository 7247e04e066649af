import type { Metrics } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { webRTCDirect } from '@libp2p/webrtc'
import { describe, expect, it } from 'vitest'
import { libp2p, type Libp2pNodeOptions } from '../../../src/index.js'
import { startTestHost, type TestHost, until } from '@tidegauge/testkit'
import { familiesOf } from '../../support/values.js'
import { connectionTo, createNode, delay, openStream } from '../../support/nodes.js'

/** A node whose `metrics` a test uses as a module does, before and after the host starts. */
async function createMeasured(
  options?: Libp2pNodeOptions,
): Promise<{ metrics: Metrics; start: () => Promise<TestHost> }> {
  const plugin = libp2p(options)
  const node = await createNode({ metrics: plugin.metrics })
  return { metrics: node.metrics!, start: () => startTestHost(plugin.observe(node)) }
}

describe('the metrics of libp2p’s own modules', () => {
  it('are exported under their names, with labels that say what the keys are', async () => {
    const plugin = libp2p()
    const a = await createNode({ metrics: plugin.metrics })
    const b = await createNode()
    await a.dial(b.getMultiaddrs())
    const host = await startTestHost(plugin.observe(a))
    const values = await host.read()
    expect(values.get('libp2p_connection_manager_connections{state="outbound"}')).toBe(1)
    expect(values.get('libp2p_connection_manager_dials_total{direction="outbound"}')).toBe(1)
    expect(values.get('libp2p_dial_queue{state="queued"}')).toBe(0)
    expect(values.get('libp2p_tcp_dialer_events_total{event="connect"}')).toBe(1)
    expect(values.get('libp2p_noise_xxhandshake_successes_total')).toBe(1)
    expect(values.get('libp2p_transport_manager_transports')).toBe(1)
    const families = familiesOf(host)
    expect(families.get('libp2p_connection_manager_dials_total')).toMatchObject({
      kind: 'counter',
      labels: ['direction'],
    })
    expect(families.get('libp2p_connection_manager_dials_inbound_errors_total')).toMatchObject({
      labels: ['error'],
    })
    expect(families.get('libp2p_registrar_topologies')).toMatchObject({ labels: ['protocol'] })
    expect(families.get('libp2p_tcp_dialer_errors_total')?.help).toBe(
      'Total count of TCP dialer events by type',
    )
  })

  it('have names that are valid in Prometheus', async () => {
    const plugin = libp2p()
    const a = await createNode({ metrics: plugin.metrics, transports: [tcp(), webRTCDirect()] })
    const host = await startTestHost(plugin.observe(a))
    await host.read()
    expect([...familiesOf(host).keys()]).toContain('libp2p_webrtc_direct_dialer_events_total')
    for (const name of familiesOf(host).keys()) expect(name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_]*$/)
  })

  it('lose the series of a stream that has closed, and no gauge has the name of a counter', async () => {
    const plugin = libp2p()
    const a = await createNode({ metrics: plugin.metrics })
    const b = await createNode()
    await b.handle('/test/held/1', () => {})
    const host = await startTestHost(plugin.observe(a))
    const stream = await openStream(a, b, '/test/held/1')
    const series = 'libp2p_protocol_streams{protocol="outbound /test/held/1"}'
    expect(await host.value(series)).toBe(1)
    expect(familiesOf(host).get('libp2p_protocol_streams')?.kind).toBe('gauge')
    stream.abort(new Error('done'))
    await until(() => connectionTo(a, b).streams.length === 0, 'no stream')
    expect((await host.read()).has(series)).toBe(false)
  })

  it('are exported as the option modules says', async () => {
    const none = await (await createMeasured({ modules: false })).start()
    await none.read()
    expect([...familiesOf(none).keys()].filter((name) => name.includes('connection_manager'))).toEqual([])
    const some = await (await createMeasured({ modules: ['libp2p_tcp_*', 'libp2p_dial_queue'] })).start()
    await some.read()
    const names = [...familiesOf(some).keys()]
    expect(names).toContain('libp2p_dial_queue')
    expect(names).toContain('libp2p_tcp_dialer_events_total')
    expect(names.filter((name) => name.includes('connection_manager'))).toEqual([])
    const picked = await (await createMeasured({ modules: (name) => name.endsWith('dial_queue') })).start()
    await picked.read()
    expect([...familiesOf(picked).keys()].filter((name) => /_tcp_|manager/.test(name))).toEqual([])
    const throwing = await (
      await createMeasured({
        modules: () => {
          throw new Error('no choice')
        },
      })
    ).start()
    expect([...(await throwing.read()).keys()].filter((name) => /_tcp_|manager/.test(name))).toEqual([])
    expect(throwing.log).toEqual([expect.stringMatching(/the option modules failed: Error: no choice$/)])
  })
})

describe('a module’s metric', () => {
  it('keeps what was recorded before the host started', async () => {
    const { metrics, start } = await createMeasured()
    const counter = metrics.registerCounter('module_events_total')
    counter.increment()
    counter.increment(4)
    const group = metrics.registerCounterGroup('module_results_total', { label: 'result' })
    group.increment({ good: true, bad: 3 })
    const gauge = metrics.registerMetric('module_level')
    gauge.update(7)
    gauge.decrement(2)
    const gauges = metrics.registerMetricGroup('module_levels')
    gauges.update({ left: 1, right: 2 })
    gauges.increment({ left: true })
    const histogram = metrics.registerHistogram('module_seconds', { buckets: [1, 5] })
    histogram.observe(2)
    const summary = metrics.registerSummaryGroup('module_sizes', { label: 'kind' })
    summary.observe({ small: 1, large: 100 })
    const host = await start()
    histogram.observe(3)
    counter.increment()
    const values = await host.read()
    expect(values.get('module_events_total')).toBe(6)
    expect(values.get('module_results_total{result="good"}')).toBe(1)
    expect(values.get('module_results_total{result="bad"}')).toBe(3)
    expect(values.get('module_level')).toBe(5)
    expect(values.get('module_levels{name="left"}')).toBe(2)
    expect(values.get('module_seconds')).toBe(2)
    expect(values.get('module_sizes{kind="large"}')).toBe(1)
    expect(familiesOf(host).get('module_seconds')?.kind).toBe('histogram')
    expect(familiesOf(host).get('module_sizes')?.kind).toBe('summary')
  })

  it('may be registered after the host started', async () => {
    const { metrics, start } = await createMeasured()
    const host = await start()
    metrics.registerCounter('late_total').increment(2)
    expect(await host.value('late_total')).toBe(2)
  })

  it('shares its values when it is registered twice', async () => {
    const { metrics, start } = await createMeasured()
    const host = await start()
    metrics.registerCounter('twice_total').increment(2)
    metrics.registerCounter('twice_total').increment(3)
    expect(await host.value('twice_total')).toBe(5)
  })

  it('measures time', async () => {
    const { metrics, start } = await createMeasured()
    const host = await start()
    const stop = metrics.registerHistogram('module_wait_seconds').timer()
    const stopGroup = metrics.registerMetricGroup('module_last_seconds', { label: 'step' }).timer('first')
    await delay(30)
    stop()
    stopGroup()
    expect(await host.value('module_wait_seconds')).toBe(1)
    expect(await host.value('module_last_seconds{step="first"}')).toBeGreaterThan(0.02)
  })

  it('is empty after reset', async () => {
    const { metrics, start } = await createMeasured()
    const host = await start()
    const gauges = metrics.registerMetricGroup('module_levels', { label: 'side' })
    gauges.update({ left: 1 })
    expect(await host.value('module_levels{side="left"}')).toBe(1)
    gauges.reset()
    expect(await host.value('module_levels{side="left"}')).toBeUndefined()
  })

  it('is calculated at each pass, promises and counters included', async () => {
    const { metrics, start } = await createMeasured()
    let total = 5
    metrics.registerMetric('calculated_level', { calculate: () => 3 })
    metrics.registerMetricGroup('calculated_levels', {
      label: 'side',
      calculate: async () => ({ left: 1, right: 2 }),
    })
    metrics.registerCounter('calculated_total', { calculate: () => (total += 2) })
    const host = await start()
    await host.read()
    const values = await host.read()
    expect(values.get('calculated_level')).toBe(3)
    expect(values.get('calculated_levels{side="right"}')).toBe(2)
    expect(values.get('calculated_total')).toBe(total)
  })

  it('has the values of all its calculations, such as those of two listeners', async () => {
    const { metrics, start } = await createMeasured()
    metrics.registerMetricGroup('listeners', { label: 'port', calculate: () => ({ 1: 10 }) })
    metrics.registerMetricGroup('listeners', { label: 'port', calculate: () => ({ 2: 20 }) })
    const values = await (await start()).read()
    expect([values.get('listeners{port="1"}'), values.get('listeners{port="2"}')]).toEqual([10, 20])
  })

  it('disturbs no other when its calculation throws or hangs, and is not calculated again while it hangs', async () => {
    const { metrics, start } = await createMeasured()
    let calls = 0
    let answer = (_value: number): void => {}
    metrics.registerMetric('broken_level', {
      calculate: () => {
        throw new Error('no level')
      },
    })
    metrics.registerMetric('hanging_level', {
      calculate: () => {
        calls++
        return new Promise<number>((resolve) => (answer = resolve))
      },
    })
    metrics.registerMetric('good_level', { calculate: () => 1 })
    const host = await start()
    const values = await host.read()
    expect(values.get('good_level')).toBe(1)
    expect(values.has('broken_level')).toBe(false)
    expect(values.has('hanging_level')).toBe(false)
    expect(calls).toBe(1)
    expect(
      host.log.filter((line) => line.includes('could not calculate broken_level: Error: no level')),
    ).toHaveLength(1)
    expect(host.tidegauge.health().healthy).toBe(true)
    answer(5)
    await delay(0)
    const next = host.read()
    await delay(5)
    answer(6)
    expect((await next).get('hanging_level')).toBe(6)
    expect(calls).toBe(2)
  })

  it('is left out when its name is the plugin’s or is of another kind, which is logged once', async () => {
    const { metrics, start } = await createMeasured()
    metrics.registerMetric('libp2p_resource_connections').update(99)
    metrics
      .registerCounterGroup('libp2p_bandwidth_total_bytes', { label: 'direction' })
      .increment({ inbound: 99 })
    metrics.registerMetric('module_level').update(1)
    metrics.registerCounter('module_level').increment(50)
    metrics.registerMetricGroup('module_level').update({ a: 9 })
    metrics.registerMetricGroup('module_level').update({ a: 9 })
    const host = await start()
    const values = await host.read()
    await host.read()
    expect(values.get('module_level')).toBe(1)
    expect(values.get('libp2p_bandwidth_total_bytes{direction="inbound"}')).toBe(0)
    expect(familiesOf(host).get('libp2p_resource_connections')?.labels).toEqual(['direction'])
    expect(host.log.filter((line) => line.includes('libp2p_resource_connections'))).toHaveLength(1)
    expect(host.log.filter((line) => line.includes('metric module_level'))).toHaveLength(1)
    expect(host.tidegauge.health().healthy).toBe(true)
  })

  it('ignores values that are not valid', async () => {
    const { metrics, start } = await createMeasured()
    const host = await start()
    const counter = metrics.registerCounter('sane_total')
    counter.increment(Number.NaN)
    counter.increment(-5)
    counter.increment(2)
    metrics.registerMetric('sane_level').update(Number.POSITIVE_INFINITY)
    metrics.registerMetric('').update(1)
    metrics.registerHistogram('sane_seconds', { buckets: [5, 1, Number.NaN, 1] }).observe(2)
    expect(await host.value('sane_total')).toBe(2)
    expect(await host.value('sane_level')).toBe(0)
    expect(await host.value('sane_seconds')).toBe(1)
  })
})
