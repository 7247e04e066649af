import { prometheusMetrics } from '@libp2p/prometheus-metrics'
import type { Metrics } from '@libp2p/interface'
import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { libp2p, type MetricsLike } from '../../../src/index.js'
import { ofProtocol, readWhenQuiet } from '../../support/values.js'
import { startTestHost } from '@tidegauge/testkit'
import { createNode } from '../../support/nodes.js'

describe('another implementation of libp2p’s metrics', () => {
  it('such as prometheusMetrics() gets every call', async () => {
    const registry = new Registry()
    const plugin = libp2p({ forward: prometheusMetrics({ registry, collectDefaultMetrics: false }) })
    const a = await createNode({ metrics: plugin.metrics })
    const b = await createNode()
    const host = await startTestHost({ a: plugin.observe(a) })
    await a.dial(b.getMultiaddrs())
    await a.services.ping.ping(b.peerId)
    const values = await readWhenQuiet(host)
    const theirs = await registry.metrics()
    expect(theirs).toContain(
      'libp2p_data_transfer_bytes_total{libp2p_data_transfer_bytes_total="global sent"}'.slice(0, 32),
    )
    expect(theirs).toMatch(/\/ipfs\/ping\/1\.0\.0 sent"\} 32/)
    expect(theirs).toMatch(/libp2p_tcp_dialer_events_total\{event="connect"\} 1/)
    expect(ofProtocol(values, 'a', '/ipfs/ping/1.0.0')).toEqual({ in: 32, out: 32 })
    expect(values.get('libp2p_tcp_dialer_events_total{event="connect",node="a"}')).toBe(1)
  })

  it('that throws everywhere disturbs nothing, and is logged once for each method', async () => {
    const thrower = new Proxy(
      {},
      {
        get: () => () => {
          throw new Error('broken')
        },
      },
    ) as Metrics
    const plugin = libp2p({ forward: () => ({ ...allOf(thrower) }) })
    const a = await createNode({ metrics: plugin.metrics })
    const b = await createNode()
    const host = await startTestHost({ a: plugin.observe(a) })
    await a.dial(b.getMultiaddrs())
    await a.services.ping.ping(b.peerId)
    const values = await readWhenQuiet(host)
    expect(ofProtocol(values, 'a', '/ipfs/ping/1.0.0')).toEqual({ in: 32, out: 32 })
    expect(values.get('libp2p_tcp_dialer_events_total{event="connect",node="a"}')).toBe(1)
    expect(host.log.filter((line) => line.includes('threw in trackProtocolStream'))).toHaveLength(1)
    expect(await a.metrics!.traceFunction('x', async (n: number) => n + 1)(1)).toBe(2)
  })

  it('whose handles throw disturbs nothing', async () => {
    const handle = new Proxy(
      {},
      {
        get: () => () => {
          throw new Error('broken handle')
        },
      },
    )
    const plugin = libp2p({
      forward: () => ({
        ...silent(),
        registerCounter: () => handle as never,
        registerHistogram: () => handle as never,
      }),
    })
    const a = await createNode({ metrics: plugin.metrics })
    const host = await startTestHost({ a: plugin.observe(a) })
    a.metrics!.registerCounter('module_total').increment(3)
    a.metrics!.registerHistogram('module_seconds').timer()()
    expect(await host.value('module_total{node="a"}')).toBe(3)
    expect(await host.value('module_seconds{node="a"}')).toBe(1)
  })

  it('is started and stopped with the node, as if it had been passed to it', async () => {
    const calls: string[] = []
    const life = Object.fromEntries(
      ['beforeStart', 'start', 'afterStart', 'beforeStop', 'stop', 'afterStop'].map((name) => [
        name,
        () => void calls.push(name),
      ]),
    )
    const a = await createNode({ metrics: libp2p({ forward: () => ({ ...silent(), ...life }) }).metrics })
    await a.stop()
    expect(calls).toEqual(['beforeStart', 'start', 'afterStart', 'beforeStop', 'stop', 'afterStop'])
  })

  it('creates the trace contexts and traces the functions', async () => {
    const context = { id: 1 }
    const plugin = libp2p({
      forward: () => ({
        ...silent(),
        createTrace: () => context,
        traceFunction: (name, fn) => ((...args: never[]) => [name, fn(...args)]) as never,
      }),
    })
    const a = await createNode({ metrics: plugin.metrics })
    expect(a.metrics!.createTrace()).toBe(context)
    expect(a.metrics!.traceFunction('double', (n: number) => n * 2)(4)).toEqual(['double', 8])
  })

  it('may come after modules have registered, as Helia’s do before there is a node', async () => {
    const registered: string[] = []
    const plugin = libp2p({
      forward: () => ({ ...silent(), registerCounter: (name: string) => registered.push(name) as never }),
    })
    const early = plugin.metrics.registerCounter('helia_early_total')
    early.increment(2)
    const a = await createNode({ metrics: plugin.metrics })
    expect(registered).toContain('helia_early_total')
    const host = await startTestHost({ a: plugin.observe(a) })
    expect(await host.value('helia_early_total{node="a"}')).toBe(2)
  })
})

describe('metrics as an object', () => {
  it('return a traced function as it is when nobody else traces it', () => {
    const fn = (n: number): number => n + 1
    expect(libp2p().metrics.traceFunction('add', fn)).toBe(fn)
    expect(libp2p().metrics.createTrace()).toBeUndefined()
  })

  it('are the same as those that the node gets', async () => {
    const plugin = libp2p()
    const a = await createNode({ metrics: plugin.metrics })
    plugin.metrics.registerCounter('shared_total').increment(1)
    a.metrics!.registerCounter('shared_total').increment(2)
    expect(plugin.metrics({ logger: {} })).toMatchObject({ traceFunction: expect.any(Function) })
    const host = await startTestHost({ a: plugin.observe(a) })
    expect(await host.value('shared_total{node="a"}')).toBe(3)
  })
})

const methods = [
  'trackMultiaddrConnection',
  'trackProtocolStream',
  'registerMetric',
  'registerMetricGroup',
  'registerCounter',
  'registerCounterGroup',
  'registerHistogram',
  'registerHistogramGroup',
  'registerSummary',
  'registerSummaryGroup',
  'createTrace',
  'traceFunction',
] as const

/** An implementation that does nothing. */
function silent(): MetricsLike {
  const nothing = Object.fromEntries(
    methods.map((method) => [method, () => undefined]),
  ) as unknown as MetricsLike
  return { ...nothing, traceFunction: (_name, fn) => fn }
}

function allOf(metrics: Metrics): MetricsLike {
  return Object.fromEntries(methods.map((method) => [method, metrics[method]])) as unknown as MetricsLike
}
