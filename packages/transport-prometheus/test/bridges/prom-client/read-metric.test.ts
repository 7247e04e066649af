import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { promClientPlugin } from '../../../src/index.js'
import { readMetric } from '../../../src/bridges/prom-client/read-metric.js'
import { libraries } from '../libraries.js'
import { linesOfFamilies, linesOfJson } from '../lines.js'
import { openBridge } from '../open-bridge.js'
import { runs } from '@tidegauge/testkit'

const text = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.constantFrom('a"b', 'a\\b', 'a\nb', '{},=', ' '),
)
const amount = fc.oneof(
  fc.double({ min: 0, max: 1e100, noNaN: true }),
  fc.nat(10_000).map((cents) => cents / 100),
)
const bounds = fc
  .uniqueArray(fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: -20, max: 20 })), {
    maxLength: 8,
  })
  .map((list) => [...new Set(list.map((bound) => bound + 0))].sort((a, b) => a - b))
const metric = fc.record({
  kind: fc.constantFrom('Counter', 'Gauge', 'Histogram', 'Summary'),
  help: fc.string({ unit: 'grapheme', minLength: 1 }),
  labelNames: fc.subarray(['a', 'b', 'constructor', 'route'] as const),
  buckets: bounds,
  percentiles: fc.uniqueArray(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 }),
  series: fc.array(
    fc.record({ texts: fc.array(text, { maxLength: 4 }), values: fc.array(amount, { maxLength: 5 }) }),
    {
      maxLength: 5,
    },
  ),
})

describe.each(libraries)('a registry of %s', (_, library) => {
  test('is read with every value of every kind, also what is added later', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(metric, { maxLength: 6 }), async (metrics) => {
        const register = new library.Registry()
        const { scrape, tidegauge } = await openBridge(promClientPlugin(register), {
          host: { seriesLimit: 100 },
        })
        const recorders = metrics.map(({ kind, series, labelNames, ...rest }, i) => {
          const name = `m${i}${kind === 'Counter' && i % 2 === 0 ? '_total' : ''}`
          const own = new (library as any)[kind]({
            ...rest,
            name,
            labelNames: [...labelNames],
            registers: [register],
          })
          return () => {
            for (const { texts, values } of series) {
              // a label may be left out
              const pairs = labelNames
                .map((label, j) => [label, texts[j]])
                .filter(([, value]) => value !== undefined)
              for (const value of values) record(own, kind, Object.fromEntries(pairs), value)
            }
          }
        })
        for (let round = 0; round < 3; round++) {
          const ours = await scrape()
          const json = await register.getMetricsAsJSON()
          expect(linesOfFamilies(ours)).toEqual(linesOfJson(json))
          for (const { name, help, type } of ours)
            expect(json.find((one) => one.name === name)).toMatchObject({ help, type })
          for (const again of recorders) again()
        }
        await tidegauge.stop()
      }),
      { numRuns: runs(40) },
    )
  })
})

describe('a distribution', () => {
  const sample = (metricName: string, value: number, labels: object = {}) => ({
    metricName,
    value,
    labels: { ...labels },
  })

  test('is read from samples in any order and with any spelling of bounds', () => {
    const values = [
      sample('h_count', 3, { a: 'x' }),
      sample('h_bucket', 2, { le: '1.0', a: 'x' }),
      sample('h_bucket', 1, { a: 'y', le: '+Inf' }),
      sample('h_sum', 1.5, { a: 'y' }),
      sample('h_bucket', 3, { le: '+Inf', a: 'x' }),
      sample('h_sum', 4.5, { a: 'x' }),
      sample('h_bucket', 0, { a: 'y', le: 1 }),
      sample('h_bucket', 0, { a: 'y', le: Infinity }),
    ]
    const read = readMetric({ name: 'h', help: 'H', type: 'histogram', values }, ['a'], 'text')
    expect(read).toMatchObject({
      duplicate: 0,
      malformed: 0,
      family: {
        bounds: [1],
        points: [
          { labels: { a: 'x' }, value: { buckets: [2, 1], sum: 4.5 } },
          { labels: { a: 'y' }, value: { buckets: [0, 1], sum: 1.5 } },
        ],
      },
    })
  })

  test('that is incomplete, or whose counts fall, is dropped', () => {
    const values = [
      sample('h_bucket', 2, { le: 1, a: 'falls' }),
      sample('h_bucket', 1, { le: '+Inf', a: 'falls' }),
      sample('h_sum', 1, { a: 'falls' }),
      sample('h_bucket', 1, { le: '+Inf', a: 'no bucket' }),
      sample('h_sum', 1, { a: 'no bucket' }),
      sample('h_bucket', 1, { le: 1, a: 'no sum' }),
      sample('h_bucket', 1, { le: '+Inf', a: 'no sum' }),
    ]
    const histogram = { name: 'h', help: 'H', type: 'histogram', values }
    expect(readMetric(histogram, [], 'text')).toMatchObject({ malformed: 3, family: { points: [] } })
    const summary = {
      name: 's',
      help: 'S',
      type: 'summary',
      values: [sample('s', 1, { quantile: 0.5 }), sample('s_sum', 1)],
    }
    expect(readMetric(summary, [], 'text')).toMatchObject({ malformed: 1, family: { points: [] } })
  })

  test('without series is not exported yet', () => {
    const metric = { name: 'h', help: 'H', type: 'histogram', values: [] }
    expect(readMetric(metric, [], 'text')).toMatchObject({ family: undefined })
  })
})

function record(own: any, kind: string, labels: Record<string, string>, value: number): void {
  if (kind === 'Counter') own.inc(labels, value)
  else if (kind === 'Gauge') own.set(labels, value - 1e3)
  else own.observe(labels, value)
}
