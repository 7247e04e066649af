import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dateOf, decodeProtobuf, joined, type DecodedFamily } from '../support/decode-protobuf.js'
import { everyKind, recordEveryKind } from '../support/every-kind.js'
import { startPages } from '../support/start-pages.js'
import { runs } from '@tidegauge/testkit'

const protobuf = {
  accept: 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
}
const scrape = async (origin: string) => {
  const response = await fetch(`${origin}/metrics`, { headers: protobuf })
  expect(response.headers.get('content-type')).toMatch(/^application\/vnd\.google\.protobuf; proto=/)
  return decodeProtobuf(new Uint8Array(await response.arrayBuffer()))
}
const labelsOf = (metric: any): Record<string, string> =>
  Object.fromEntries(metric.label.map(({ name, value }: any) => [name, value]))
const find = (families: readonly DecodedFamily[], name: string) =>
  families.find((family) => family.name === name)!

describe('protobuf', () => {
  test('carries every kind with its type, unit, labels and values', async () => {
    const { instruments, origin } = await startPages(everyKind, { use: { labels: { node: 'a' } } })
    recordEveryKind(instruments)
    const families = await scrape(origin)
    expect(families.map(({ name, type }) => [name, type])).toEqual([
      ['app_requests_total', 0],
      ['app_bytes', 0],
      ['app_open', 1],
      ['app_heat_celsius', 1],
      ['app_wait_seconds', 4],
      ['app_size_bytes', 4],
      ['app_lag_seconds', 2],
      ['app_build_info', 1],
      ['app_phase', 1],
    ])
    expect(find(families, 'app_requests_total').help).toBe('Requests\nby "route" \\ path')
    expect(find(families, 'app_heat_celsius').unit).toBe('celsius')
    const requests = find(families, 'app_requests_total').metric
    expect(requests.map(labelsOf)).toEqual([
      { node: 'a', route: '/a' },
      { node: 'a', route: 'quote " slash \\ break \n' },
    ])
    expect(requests.map(({ counter }) => counter.value)).toEqual([3, 0.1])
    expect(requests[0].counter.exemplar).toMatchObject({
      label: [{ name: 'trace_id', value: 'abc' }],
      value: 3,
    })
    expect(dateOf(requests[0].counter.exemplar.timestamp).getTime()).toBe(1_700_000_000_500)
    expect(find(families, 'app_heat_celsius').metric.map(({ gauge }) => gauge.value)).toEqual([
      -0.25,
      Infinity,
    ])
    expect(find(families, 'app_open').metric[0].gauge.value).toBe(-3)
    const states = find(families, 'app_phase').metric.map((one) => [
      labelsOf(one)['app_phase'],
      one.gauge.value,
    ])
    expect(states).toEqual([
      ['idle', 0],
      ['busy', 1],
    ])
  })

  test('carries classic histograms with cumulative buckets, sums and exemplars', async () => {
    const { instruments, origin } = await startPages(everyKind)
    recordEveryKind(instruments)
    const { histogram } = find(await scrape(origin), 'app_wait_seconds').metric[0]
    expect(histogram.bucket.map((one: any) => [one.upperBound, Number(one.cumulativeCount)])).toEqual([
      [0.1, 2],
      [1, 3],
      [2.5, 4],
      [Infinity, 5],
    ])
    expect({ count: Number(histogram.sampleCount), sum: histogram.sampleSum }).toEqual({
      count: 5,
      sum: 6.35,
    })
    expect(histogram.bucket[2].exemplar).toMatchObject({
      label: [{ name: 'trace_id', value: 'd' }],
      value: 2.5,
    })
    expect(histogram.positiveSpan).toEqual([])
  })

  test('carries when a series was created', async () => {
    const from = Date.now()
    const { instruments, origin } = await startPages(everyKind)
    recordEveryKind(instruments)
    const families = await scrape(origin)
    for (const body of [
      find(families, 'app_requests_total').metric[0].counter,
      find(families, 'app_wait_seconds').metric[0].histogram,
      find(families, 'app_lag_seconds').metric[0].summary,
    ]) {
      const ms = dateOf(body.createdTimestamp).getTime()
      expect(ms).toBeGreaterThanOrEqual(from - 1_500)
      expect(ms).toBeLessThanOrEqual(Date.now())
    }
  })

  test('carries no such time for a series that follows a source, which may have counted before', async () => {
    const { instruments, origin } = await startPages(everyKind)
    instruments.oddCounter.setTotal(1_000)
    const { counter } = find(await scrape(origin), 'app_bytes').metric[0]
    expect(counter.value).toBe(1_000)
    expect(counter.createdTimestamp).toBeUndefined()
  })

  test('carries exponential histograms as native ones: each value is in its bucket, and the counts add up', async () => {
    const value = fc.oneof(
      fc.double({ min: -1e12, max: 1e12, noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: 1e-3, max: 10, noNaN: true }),
      fc.constantFrom(0, 1, 2, 4, -1, 0.5),
    )
    const { instruments, origin } = await startPages({
      size: { kind: 'exponential_histogram', name: 'size', help: 'h', labels: { run: {} } },
    })
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(value, { maxLength: 200 }), async (values) => {
        instruments.size.clear()
        const series = instruments.size.labels({ run: String(run++) })
        for (const one of values) series.observe(one)
        const { histogram } = find(await scrape(origin), 'size').metric[0]
        expect(histogram.bucket).toEqual([])
        expect(histogram.schema).toBeGreaterThanOrEqual(-4)
        expect(histogram.schema).toBeLessThanOrEqual(8)
        expect(Number(histogram.zeroCount)).toBe(values.filter((one) => one === 0).length)
        expect(Number(histogram.sampleCount)).toBe(values.length)
        const expected = (sign: number) =>
          countByBucket(
            values.filter((one) => one * sign > 0),
            histogram.schema,
          )
        expect(bucketsOf(histogram.positiveSpan, histogram.positiveDelta)).toEqual(expected(1))
        expect(bucketsOf(histogram.negativeSpan, histogram.negativeDelta)).toEqual(expected(-1))
        // an empty one still has a span, or receivers would take it for a classic histogram
        if (values.length === 0) expect(histogram.positiveSpan).toHaveLength(1)
      }),
      { numRuns: runs(150) },
    )
  })

  test('carries exponential histograms as classic ones or as both, when the option says so', async () => {
    for (const form of ['classic', 'both'] as const) {
      const { instruments, origin, tidegauge } = await startPages(everyKind, {
        prometheus: { exponentialHistograms: form },
      })
      recordEveryKind(instruments)
      const { histogram } = find(await scrape(origin), 'app_size_bytes').metric[0]
      expect(histogram.bucket.at(-1)).toMatchObject({ upperBound: Infinity, cumulativeCount: 6n })
      expect(histogram.positiveSpan.length > 0).toBe(form === 'both')
      await tidegauge.stop()
    }
  })

  test('splits a large family into messages that together have every series', async () => {
    const { instruments, origin } = await startPages({
      level: { kind: 'gauge', name: 'level', help: 'h', labels: { n: {} }, seriesLimit: 100_000 },
    })
    for (let i = 0; i < 50_000; i++) instruments.level.set({ n: `series ${i}` }, i)
    const families = await scrape(origin)
    expect(families.length).toBeGreaterThan(5)
    const [family] = joined(families)
    expect(family.metric.map(({ gauge }) => gauge.value)).toEqual(Array.from({ length: 50_000 }, (_, i) => i))
  })

  test('carries any label values and doubles unchanged', async () => {
    const { instruments, origin } = await startPages({
      level: { kind: 'gauge', name: 'level', help: 'h', labels: { a: {}, b: {} }, seriesLimit: 1e6 },
    })
    const text = fc.string({ unit: 'binary', maxLength: 300 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(text, text, fc.double({ noNaN: true })), { maxLength: 30 }),
        async (rows) => {
          instruments.level.clear()
          const expected = new Map<string, number>()
          for (const [a, b, value] of rows) {
            instruments.level.set({ a, b }, value)
            expected.set(
              JSON.stringify([a, b].map((one) => one.toWellFormed().replaceAll('\0', '\uFFFD'))),
              value,
            )
          }
          const [family] = await scrape(origin)
          const got = new Map(
            family.metric.map((one) => [JSON.stringify(Object.values(labelsOf(one))), one.gauge.value]),
          )
          expect(got).toEqual(expected)
        },
      ),
      { numRuns: runs(150) },
    )
  })
})

/** Counts by bucket index, computed from the values themselves. */
function countByBucket(values: readonly number[], schema: number): Map<number, number> {
  const counts = new Map<number, number>()
  for (const value of values) {
    // the bucket with index i ends at 2^(i * 2^-schema), inclusive
    const exact = Math.log2(Math.abs(value)) * 2 ** schema
    const index = Math.abs(exact - Math.round(exact)) < 1e-9 ? Math.round(exact) : Math.ceil(exact)
    counts.set(index, (counts.get(index) ?? 0) + 1)
  }
  return new Map([...counts].sort(([a], [b]) => a - b))
}

/** The buckets of spans and deltas. Source: Prometheus, "Native Histograms", "Spans and deltas". */
function bucketsOf(spans: any[], deltas: bigint[]): Map<number, number> {
  const counts = new Map<number, number>()
  let index = 0
  let count = 0
  let next = 0
  for (const { offset, length } of spans) {
    index += offset
    for (let i = 0; i < length; i++) {
      count += Number(deltas[next++])
      if (count > 0) counts.set(index, count)
      index++
    }
  }
  expect(next).toBe(deltas.length)
  return counts
}
