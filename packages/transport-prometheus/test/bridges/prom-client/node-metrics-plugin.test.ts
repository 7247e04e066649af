import { describe, expect, test } from 'vitest'
import { nodeMetricsPlugin } from '../../../src/index.js'
import { libraries } from '../libraries.js'
import { openBridge } from '../open-bridge.js'

describe.each(libraries)('the default metrics of %s', (_, library) => {
  test('are all there, and change', async () => {
    const register = new library.Registry()
    library.collectDefaultMetrics({ register })
    const { scrape, memory, log } = await openBridge(nodeMetricsPlugin(library))
    const names = (await scrape()).map(({ name }) => name)
    // metrics without a sample are not exported yet
    const expected = (await register.getMetricsAsJSON())
      .filter(({ values }) => values.some(({ value }) => Number.isFinite(value)))
      .map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(expected.filter((name) => !/_gc_|_lag_/.test(name))))
    expect(names.length).toBeGreaterThan(15)
    const before = memory.value('process_cpu_seconds_total')!
    for (let i = 0, until = performance.now() + 50; performance.now() < until; i++) Math.sqrt(i)
    await scrape()
    expect(memory.value('process_cpu_seconds_total')).toBeGreaterThan(before)
    expect(memory.value('nodejs_heap_size_used_bytes')).toBeGreaterThan(1e6)
    expect(log).toEqual([])
  })

  test('may have a prefix', async () => {
    const plugin = nodeMetricsPlugin(library, {
      prefix: 'node_',
      config: { eventLoopMonitoringPrecision: 50 },
    })
    const { scrape, memory } = await openBridge(plugin)
    await scrape()
    expect(memory.value('node_process_resident_memory_bytes')).toBeGreaterThan(1e6)
  })

  test('are collected once, however often the host starts', async () => {
    let calls = 0
    const client = {
      Registry: library.Registry,
      collectDefaultMetrics(config: any) {
        calls++
        library.collectDefaultMetrics(config)
      },
    }
    const { tidegauge, memory, scrape } = await openBridge(nodeMetricsPlugin(client))
    await tidegauge.stop()
    expect(memory.read().filter(({ name }) => name.startsWith('process_'))).toEqual([])
    await tidegauge.start()
    await scrape()
    expect(calls).toBe(1)
    expect(memory.value('process_cpu_seconds_total')).toBeGreaterThan(0)
  })
})

test('refuses another module', () => {
  expect(() => nodeMetricsPlugin({} as any)).toThrow('option client was {}')
})
