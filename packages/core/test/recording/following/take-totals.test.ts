import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ExponentialBuckets } from '../../../src/storage/exponential.js'
import { runs } from '@tidegauge/testkit'
import { startRecording } from '../../support/recording.js'

const table = {
  histogram: { kind: 'histogram', name: 'histogram', help: 'H', bounds: [1, 2], labels: { a: {} } },
  plain: { kind: 'histogram', name: 'plain', help: 'P', bounds: [1] },
  exponential: { kind: 'exponential_histogram', name: 'exponential', help: 'E', labels: { a: {} } },
  summary: { kind: 'summary', name: 'summary', help: 'S', labels: { a: {} }, quantiles: [0.5, 0.9] },
  counter: { kind: 'counter', name: 'counter', help: 'C', labels: { a: {} } },
} as const

const bounds = [1, 2]
const x = { a: 'x' }

describe('a histogram that follows totals', () => {
  test('holds them exactly, however often they are reported', async () => {
    const { instruments, memory } = await startRecording(table)
    // 0.48 + (6.28 - 0.48) is not 6.28
    for (const sum of [0.48, 6.28, 6.28])
      instruments.histogram.setTotals(x, { bounds, buckets: [1, 0, 2], sum })
    expect(memory.series('histogram', x)).toMatchObject({ buckets: [1, 0, 2], sum: 6.28, count: 3 })
    instruments.plain.setTotals({ bounds: [1], buckets: [5, 0], sum: 2 })
    expect(memory.series('plain')).toMatchObject({ buckets: [5, 0], sum: 2 })
  })

  test('goes on growing when its source restarts, also when the sum alone would not show it', async () => {
    const { instruments, memory } = await startRecording(table)
    const series = instruments.histogram.labels(x)
    series.setTotals({ bounds, buckets: [1, 4, 0], sum: 6 })
    series.setTotals({ bounds, buckets: [2, 1, 0], sum: 7 })
    expect(memory.series('histogram', x)).toMatchObject({ buckets: [3, 5, 0], sum: 13 })
    // a sum may fall: of negative values
    series.setTotals({ bounds, buckets: [3, 1, 0], sum: -3 })
    expect(memory.series('histogram', x)).toMatchObject({ buckets: [4, 5, 0], sum: 3 })
  })

  test('whose bounds a view changed counts a bucket where its upper bound falls', async () => {
    const views = [{ match: 'histogram', bounds: [1.5, 4] }]
    const { instruments, memory } = await startRecording(table, { views })
    const reported = { bounds: [1, 2, 8], buckets: [1, 2, 4, 8], sum: 9 }
    for (let i = 0; i < 2; i++) instruments.histogram.setTotals(x, reported)
    expect(memory.series('histogram', x)).toMatchObject({ buckets: [1, 2, 12], sum: 9 })
  })

  test('keeps the sources of one series apart where a view drops a label', async () => {
    const { instruments, memory } = await startRecording(table, {
      views: [{ match: '*', dropLabels: ['a'] }],
    })
    for (let i = 1; i <= 3; i++) {
      instruments.histogram.setTotals({ a: 'x' }, { bounds, buckets: [i, 0, 0], sum: i })
      instruments.histogram.setTotals({ a: 'y' }, { bounds, buckets: [0, 10, i], sum: 20 })
      instruments.exponential.setTotals({ a: 'x' }, exponential([i]))
      instruments.exponential.setTotals({ a: 'y' }, exponential([5]))
      instruments.summary.setTotals({ a: 'x' }, { quantiles: [1, 2], sum: i, count: i })
      instruments.summary.setTotals({ a: 'y' }, { quantiles: [3, 4], sum: 10, count: 1 })
    }
    expect(memory.series('histogram')).toMatchObject({ buckets: [3, 10, 3], sum: 23 })
    expect(memory.series('exponential')).toMatchObject({ count: 8 })
    expect(memory.series('summary')).toMatchObject({ quantiles: [Number.NaN, Number.NaN], sum: 13, count: 4 })
  })

  test('has the exemplars that it is set, each at its bucket', async () => {
    const { instruments, memory } = await startRecording(table)
    const exemplar = { labels: { trace_id: 't' }, value: 3, timestampSeconds: 1 }
    instruments.histogram.setTotals(x, {
      bounds,
      buckets: [0, 0, 1],
      sum: 3,
      exemplars: [undefined, undefined, exemplar],
    })
    instruments.counter.setTotal(x, 4, { ...exemplar, value: 2 })
    const [histogram, counter] = ['histogram', 'counter'].map((name) => {
      const reader = memory.context.read({ names: new Set([name]) })[0].parts[0].series()
      reader.next()
      return reader
    })
    expect([0, 1, 2].map((bucket) => histogram.exemplar(bucket)?.value)).toEqual([undefined, undefined, 3])
    expect(counter.exemplar()).toEqual({ ...exemplar, value: 2 })
  })
})

describe('an exponential histogram that follows totals', () => {
  test('has the buckets of the one that observed, at every step', async () => {
    const values = fc.array(fc.oneof(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.constant(0)), {
      maxLength: 20,
    })
    const { instruments } = await startRecording({
      ...table,
      exponential: { ...table.exponential, seriesLimit: 1e6 },
    })
    let i = 0
    fc.assert(
      fc.property(fc.array(values, { maxLength: 5 }), (rounds) => {
        const source = new ExponentialBuckets(160)
        const labels = { a: `${i++}` }
        for (const round of rounds) {
          for (const value of round) source.observe(value)
          instruments.exponential.setTotals(labels, totalsOf(source))
          const state = stateOf(instruments, labels)
          expect(contentsOf(state)).toEqual(contentsOf(source))
        }
      }),
      { numRuns: runs(200) },
    )
  })

  test('goes on growing when its source restarts at a finer scale', async () => {
    const { instruments, memory } = await startRecording(table)
    instruments.exponential.setTotals(x, { ...exponential([4, 4]), scale: 0, sum: 10 })
    instruments.exponential.setTotals(x, { ...exponential([1]), scale: 3, sum: 2 })
    expect(memory.series('exponential', x)).toMatchObject({ count: 9, sum: 12 })
    expect(stateOf(instruments, x).scale).toBe(0)
  })

  test('does not lose its scale to one without buckets', async () => {
    const { instruments } = await startRecording(table)
    instruments.exponential.setTotals(x, { ...exponential([]), scale: 0, zeroCount: 1 })
    instruments.exponential.setTotals(x, { ...exponential([1]), scale: 12, zeroCount: 1 })
    expect(stateOf(instruments, x).scale).toBe(12)
  })
})

describe('a summary that follows totals', () => {
  test('has the quantiles that it was reported last, and totals that grow', async () => {
    const { instruments, memory } = await startRecording(table)
    instruments.summary.setTotals(x, { quantiles: [1, 2], sum: 10, count: 4 })
    expect(memory.series('summary', x)).toMatchObject({ quantiles: [1, 2], sum: 10, count: 4 })
    instruments.summary.setTotals(x, { quantiles: [3, Number.NaN], sum: 2, count: 1 })
    expect(memory.series('summary', x)).toMatchObject({ quantiles: [3, Number.NaN], sum: 12, count: 5 })
  })
})

describe('totals that make no sense', () => {
  test('are dropped and counted, and leave the series as it was', async () => {
    const { instruments, memory, dropped } = await startRecording(table)
    const good = { bounds, buckets: [1, 1, 1], sum: 3 }
    instruments.histogram.setTotals(x, good)
    const bad: any[] = [
      null,
      {},
      { ...good, buckets: [1, 1] },
      { ...good, bounds: [1, Number.NaN] },
      { ...good, sum: Number.NaN },
      { ...good, buckets: [1, -1, 1] },
      { ...good, sum: Infinity },
    ]
    for (const totals of bad) instruments.histogram.setTotals(x, totals)
    instruments.exponential.setTotals(x, { ...exponential([1]), scale: 99 })
    instruments.exponential.setTotals(x, { ...exponential([1]), zeroCount: -1 })
    instruments.summary.setTotals(x, { quantiles: [1], sum: 1, count: 1 })
    expect(memory.series('histogram', x)).toMatchObject({ buckets: [1, 1, 1], sum: 3 })
    expect(dropped()).toEqual({ not_a_number: 7, negative: 2, infinite: 1 })
  })

  test('are dropped in the overflow series, where sources cannot be told apart', async () => {
    const limited = { histogram: { ...table.histogram, seriesLimit: 1 } }
    const { instruments, memory, overflowed } = await startRecording(limited)
    instruments.histogram.setTotals({ a: '1' }, { bounds, buckets: [1, 0, 0], sum: 1 })
    instruments.histogram.setTotals({ a: '2' }, { bounds, buckets: [7, 0, 0], sum: 7 })
    expect(memory.series('histogram', { a: '__overflow__' })).toMatchObject({ count: 0 })
    expect(overflowed('histogram')).toBe(1)
  })
})

function exponential(counts: number[]) {
  return {
    scale: 5,
    zeroCount: 0,
    positive: { offset: 3, counts },
    negative: { offset: 0, counts: [] },
    sum: 1,
  }
}

function totalsOf({ scale, zeroCount, positive, negative, sum }: ExponentialBuckets) {
  const run = (one: typeof positive | undefined) => ({
    offset: one?.start ?? 0,
    counts: [...(one?.counts.subarray(0, one.length) ?? [])],
  })
  return { scale, zeroCount, positive: run(positive), negative: run(negative), sum }
}

function stateOf(instruments: any, labels: object): ExponentialBuckets {
  const { instrument } = instruments.exponential
  return instrument.states[instrument.find(labels)]
}

/** What is in the buckets, at the scale that it is at. */
function contentsOf(state: ExponentialBuckets) {
  const counts = ({ start, length, counts: all }: any) =>
    [...all.subarray(0, length)].flatMap((count: number, i: number) =>
      count === 0 ? [] : [[start + i, count]],
    )
  const { positive, negative, zeroCount, sum, scale } = state
  const runs = [counts(positive), negative === undefined ? [] : counts(negative)]
  const isEmpty = runs.every((run) => run.length === 0)
  return { runs, zeroCount, sum, scale: isEmpty ? 'none' : scale }
}
