import { describe, expect, test } from 'vitest'
import { apiLevel, definePlugin } from '@tidegauge/core'
import { promClientPlugin, serveThrough } from '../../../src/index.js'
import { libraries } from '../libraries.js'
import { linesOf, linesOfFamilies, linesOfJson } from '../lines.js'
import { openBridge } from '../open-bridge.js'

describe.each(libraries)('a registry of %s', (_, library) => {
  const make = (contentType?: any) =>
    new (library.Registry as any)(contentType) as InstanceType<typeof library.Registry>

  test('that writes OpenMetrics is read with its exemplars, before and after its first scrape', async () => {
    const register = make(library.Registry.OPENMETRICS_CONTENT_TYPE)
    const counter = new library.Counter({
      name: 'app_jobs_total',
      help: 'Jobs',
      labelNames: ['queue'],
      enableExemplars: true,
      registers: [register],
    })
    const histogram = new library.Histogram({
      name: 'app_wait_seconds',
      help: 'Waiting',
      buckets: [1, 2.5],
      enableExemplars: true,
      registers: [register],
    })
    ;(counter as any).inc({ labels: { queue: 'q' }, value: 3, exemplarLabels: { trace_id: 'one' } })
    ;(histogram as any).observe({ value: 2, exemplarLabels: { trace_id: 'two' } })
    ;(histogram as any).observe({ value: 9, exemplarLabels: { trace_id: 'three' } })
    const { scrape, memory } = await openBridge(promClientPlugin(register))
    const before = linesOfFamilies(await scrape())
    await register.metrics()
    expect(linesOfFamilies(await scrape())).toEqual(before)
    expect(before).toEqual(linesOfJson(await register.getMetricsAsJSON(), 'openmetrics'))
    const exemplars: unknown[] = []
    for (const family of memory.context.read())
      for (const series of family.series())
        for (let bucket = 0; bucket <= family.bounds.length; bucket++) {
          const one = series.exemplar(bucket)
          if (one !== undefined) exemplars.push([family.name, one.labels, one.value])
        }
    expect(exemplars).toEqual([
      ['app_jobs_total', { trace_id: 'one' }, 3],
      ['app_wait_seconds', { trace_id: 'two' }, 2],
      ['app_wait_seconds', { trace_id: 'three' }, 9],
    ])
  })

  test('may be read with a prefix, and has its default labels', async () => {
    const register = make()
    register.setDefaultLabels({ app: 'shop', zone: 'default' })
    const gauge = new library.Gauge({ name: 'level', help: 'L', labelNames: ['zone'], registers: [register] })
    gauge.set({ zone: 'own' }, 1)
    gauge.set(2)
    const { scrape } = await openBridge(promClientPlugin(register, { prefix: 'shop_' }))
    expect(linesOfFamilies(await scrape())).toEqual(
      linesOf([
        { name: 'shop_level', labels: { app: 'shop', zone: 'own' }, value: 1 },
        { name: 'shop_level', labels: { app: 'shop', zone: 'default' }, value: 2 },
      ]),
    )
    // one more label on metrics that are known already
    register.setDefaultLabels({ app: 'shop', zone: 'default', pod: 'p' })
    expect(linesOfFamilies(await scrape())[0]).toContain('["pod","p"]')
  })

  test('loses series and metrics here when they are removed there, counters too', async () => {
    const register = make()
    const config = { help: 'H', labelNames: ['a'] as const, registers: [register] }
    const counter = new library.Counter({ ...config, name: 'c_total' })
    const gauge = new library.Gauge({ ...config, name: 'g' })
    const histogram = new library.Histogram({ ...config, name: 'h', buckets: [1] })
    const summary = new library.Summary({ ...config, name: 's' })
    for (const a of ['kept', 'lost']) {
      counter.inc({ a })
      gauge.set({ a }, 1)
      histogram.observe({ a }, 1)
      summary.observe({ a }, 1)
    }
    const { scrape } = await openBridge(promClientPlugin(register))
    expect(linesOfFamilies(await scrape()).filter((line) => line.includes('lost'))).not.toEqual([])
    for (const one of [counter, gauge, histogram, summary]) one.remove('lost')
    const left = linesOfFamilies(await scrape())
    expect(left.filter((line) => line.includes('lost'))).toEqual([])
    expect(left).toEqual(linesOfJson(await register.getMetricsAsJSON()))
    register.removeSingleMetric('g')
    expect((await scrape()).map(({ name }) => name)).toEqual(['c_total', 'h', 's'])
  })

  test('may register a metric again with another kind, labels or bounds', async () => {
    const register = make()
    const histogram = (buckets: number[]) =>
      new library.Histogram({ name: 'x', help: 'X', buckets, registers: [register] }).observe(1.5)
    histogram([1, 2])
    const { scrape, log } = await openBridge(promClientPlugin(register))
    expect(linesOfFamilies(await scrape())).toEqual(linesOfJson(await register.getMetricsAsJSON()))
    register.removeSingleMetric('x')
    histogram([1, 2, 3])
    expect(linesOfFamilies(await scrape())).toEqual(linesOfJson(await register.getMetricsAsJSON()))
    register.removeSingleMetric('x')
    new library.Gauge({ name: 'x', help: 'now a gauge', labelNames: ['l'], registers: [register] }).set(
      { l: 'v' },
      4,
    )
    expect(await scrape()).toMatchObject([
      { name: 'x', type: 'gauge', samples: [{ labels: { l: 'v' }, value: 4 }] },
    ])
    expect(log).toEqual([])
  })

  test('that was reset continues to grow here', async () => {
    const register = make()
    const counter = new library.Counter({ name: 'c_total', help: 'C', registers: [register] })
    const histogram = new library.Histogram({ name: 'h', help: 'H', buckets: [1], registers: [register] })
    const { scrape, memory } = await openBridge(promClientPlugin(register))
    counter.inc(5)
    histogram.observe(0.5)
    histogram.observe(2)
    await scrape()
    register.resetMetrics()
    counter.inc(2)
    histogram.observe(0.5)
    await scrape()
    expect(memory.value('c_total')).toBe(7)
    expect(memory.series('h')).toMatchObject({ buckets: [2, 1], sum: 3, count: 3 })
  })

  test('with a NaN value loses only that value, and counts it', async () => {
    const register = make()
    const config = { help: 'H', labelNames: ['a'], registers: [register] }
    const gauge = new library.Gauge({ ...config, name: 'g' })
    const counter = new library.Counter({ ...config, name: 'c_total' })
    gauge.set({ a: 'nan' }, Number.NaN)
    gauge.set({ a: 'inf' }, -Infinity)
    counter.inc({ a: 'fine' }, 1)
    counter.inc({ a: 'poisoned' }, 1)
    ;(await register.getMetricsAsJSON())[1].values[1].value = Number.NaN
    const { scrape, log, dropped, memory, tidegauge } = await openBridge(promClientPlugin(register), {
      host: { selfMetrics: 'on' },
    })
    expect(linesOfFamilies(await scrape())).toEqual(
      linesOf([
        { name: 'c_total', labels: { a: 'fine' }, value: 1 },
        { name: 'g', labels: { a: 'inf' }, value: -Infinity },
      ]),
    )
    expect(dropped('prom-client', 'not_a_number')).toBe(4)
    expect(memory.value('tidegauge_dropped_samples_total', { reason: 'not_a_number' })).toBe(0)
    expect(log).toEqual([])
    expect(tidegauge.health().healthy).toBe(true)
  })

  test('with the same series twice uses the first: a labels object that was changed after use', async () => {
    const register = make()
    const counter = new library.Counter({
      name: 'c_total',
      help: 'C',
      labelNames: ['a'],
      registers: [register],
    })
    const histogram = new library.Histogram({
      name: 'h',
      help: 'H',
      labelNames: ['a'],
      buckets: [],
      registers: [register],
    })
    const labels = { a: 'one' }
    counter.inc(labels, 10)
    histogram.observe(labels, 10)
    labels.a = 'two'
    counter.inc(labels, 3)
    histogram.observe(labels, 3)
    const { scrape, memory, dropped } = await openBridge(promClientPlugin(register))
    for (let i = 0; i < 3; i++) await scrape()
    expect(memory.value('c_total', { a: 'two' })).toBe(10)
    expect(memory.series('h', { a: 'two' })).toMatchObject({ sum: 10, count: 1 })
    expect(dropped('prom-client', 'duplicate')).toBe(8)
  })

  test('has any label values as data', async () => {
    const register = make()
    const gauge = new library.Gauge({ name: 'g', help: 'G', labelNames: ['a'], registers: [register] })
    const hostile = { toString: () => 'x"} 1\ninjected 2' }
    gauge.set({ a: ['x', 'y"\n'] } as any, 1)
    gauge.set({ a: hostile } as any, 2)
    gauge.set({ a: 7 }, 3)
    gauge.set({ a: undefined }, 4)
    const { scrape } = await openBridge(promClientPlugin(register))
    const [family] = await scrape()
    expect(family.samples.map(({ labels, value }) => [labels['a'], value])).toEqual([
      ['x,y"\n', 1],
      ['x"} 1\ninjected 2', 2],
      ['7', 3],
      ['', 4],
    ])
  })

  test('never has more series than the limit', async () => {
    const register = make()
    const counter = new library.Counter({
      name: 'c_total',
      help: 'C',
      labelNames: ['a'],
      registers: [register],
    })
    for (let i = 0; i < 20; i++) counter.inc({ a: `${i}` })
    const { scrape } = await openBridge(promClientPlugin(register, { seriesLimit: 5 }))
    const [family] = await scrape()
    expect(family.samples.map(({ labels }) => labels['a'])).toEqual(['0', '1', '2', '3', '4', '__overflow__'])
  })

  test('that fails is marked down, keeps its last values, and does not affect others', async () => {
    const register = make()
    let isBroken = false
    const gauge = new library.Gauge({
      name: 'g',
      help: 'G',
      registers: [register],
      collect() {
        if (isBroken) throw new Error('no database')
        this.set(5)
      },
    })
    const other = make()
    const lively = new library.Gauge({ name: 'other', help: 'O', registers: [other] })
    const plugins = [promClientPlugin(register), promClientPlugin(other, { name: 'other' })]
    const { scrape, memory, tidegauge, log } = await openBridge(plugins[0], {
      others: plugins.slice(1),
      host: { selfMetrics: 'on' },
    })
    isBroken = true
    lively.set(2)
    await scrape()
    expect([memory.value('g'), memory.value('other')]).toEqual([5, 2])
    expect(memory.value('tidegauge_plugin_up', { plugin: 'prom-client' })).toBe(0)
    expect(memory.value('tidegauge_plugin_up', { plugin: 'other' })).toBe(1)
    expect(tidegauge.health().plugins[0].lastError).toContain('no database')
    expect(log.filter((message) => message.includes('no database'))).toHaveLength(1)
    expect(gauge).toBeDefined()
  })

  test('that hangs gets a timeout, is not called again meanwhile, and is read when it continues', async () => {
    const register = make()
    let calls = 0
    let resume = () => {}
    let value = 1
    const gauge = new library.Gauge({
      name: 'g',
      help: 'G',
      registers: [register],
      async collect() {
        calls++
        if (calls === 2) await new Promise<void>((resolve) => (resume = resolve))
        this.set(value)
      },
    })
    const { scrape, memory, tidegauge } = await openBridge(promClientPlugin(register), {
      use: { timeoutMs: 50, intervalMs: 20, jitterRatio: 0 },
    })
    value = 2
    await scrape()
    expect([memory.value('g'), tidegauge.health().plugins[0].state]).toEqual([1, 'down'])
    // long enough for another pass
    await new Promise((resolve) => setTimeout(resolve, 1_300))
    expect(calls).toBe(2)
    resume()
    await expect.poll(() => tidegauge.health().plugins[0].state, { timeout: 10_000 }).toBe('up')
    expect(memory.value('g')).toBe(2)
    expect(gauge).toBeDefined()
  })

  test('leaves out a metric whose name is taken, logs it once, and exports it when the name is free', async () => {
    const register = make()
    const twin = make()
    const gauge = (name: string, registers: any[], value: number) =>
      new library.Gauge({ name, help: 'H', registers }).set(value)
    gauge('app_level', [register], 1)
    gauge('shared', [register], 2)
    gauge('fine', [register], 3)
    new library.Histogram({ name: 'app_wait', help: 'W', buckets: [1], registers: [register] }).observe(1)
    const app = definePlugin({
      name: 'app',
      version: '1.0.0',
      apiLevel,
      instruments: {
        level: { kind: 'gauge', name: 'app_level', help: 'L', lifetime: 'event' },
        count: { kind: 'gauge', name: 'app_wait_count', help: 'C', lifetime: 'event' },
      },
      start: ({ instruments }) => instruments.level.set(10),
    })
    const others = [promClientPlugin(register), promClientPlugin(twin, { name: 'twin' })]
    const { scrape, memory, log, skipped, tidegauge } = await openBridge(app, { others })
    gauge('shared', [twin], 4)
    for (let i = 0; i < 3; i++) await scrape()
    expect([memory.value('app_level'), memory.value('shared'), memory.value('fine')]).toEqual([10, 2, 3])
    expect([skipped('prom-client', 'name_clash'), skipped('twin', 'name_clash')]).toEqual([2, 1])
    expect(log).toEqual([
      expect.stringMatching(/^warn plugin "prom-client": metric "app_level" is left out: .*plugin "app"/),
      expect.stringMatching(/^warn plugin "prom-client": metric "app_wait" is left out: .*app_wait_count/),
      expect.stringMatching(/^warn plugin "twin": metric "shared" is left out: .*plugin "prom-client"/),
    ])
    expect(tidegauge.health().healthy).toBe(true)
    register.removeSingleMetric('shared')
    await scrape()
    await scrape()
    expect(memory.value('shared')).toBe(4)
    expect(skipped('twin', 'name_clash')).toBe(0)
  })

  test('leaves out only the metric that is not supported', async () => {
    const register = make()
    const half = {
      name: 'half',
      type: 'histogram',
      help: 'H',
      get: async () => ({
        ...half,
        values: [{ labels: { le: '+Inf' }, value: 2, metricName: 'half_bucket' }],
      }),
    }
    register.registerMetric(half as any)
    new library.Gauge({ name: 'fine', help: 'F', registers: [register] }).set(1)
    const odd = { name: 'odd', type: 'untyped', help: 'O', get: async () => ({ ...odd, values: [] }) }
    register.registerMetric(odd as any)
    const { scrape, log, skipped, dropped } = await openBridge(promClientPlugin(register))
    expect(linesOfFamilies(await scrape())).toEqual(['fine[] 1'])
    expect(skipped('prom-client', 'unsupported')).toBe(1)
    expect(dropped('prom-client', 'malformed')).toBe(2)
    expect(log).toEqual([expect.stringContaining('metric "odd" is left out: its type "untyped"')])
  })

  test('may also serve the host’s other metrics', async () => {
    const register = make()
    new library.Gauge({ name: 'theirs', help: 'T', registers: [register] }).set(1)
    const { scrape } = await openBridge(promClientPlugin(register), {
      transports: [serveThrough(register)],
      use: { transports: ['page', 'memory'] },
    })
    expect(linesOfFamilies(await scrape())).toEqual(['theirs[] 1'])
    expect((await register.metrics()).match(/^theirs /gm)).toHaveLength(1)
  })
})

test('refuses all wrong options with one error', () => {
  expect(() =>
    promClientPlugin({} as any, { name: '', prefix: '1', seriesLimit: 0, other: 1 } as any),
  ).toThrow(/option register.*option other.*option prefix.*option name.*option seriesLimit/)
})
