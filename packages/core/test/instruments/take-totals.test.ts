import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '../../../../tools/test/runs.js'
import { bucketIndex } from '../../src/storage/exponential.js'
import { instrumentOf, openHost } from '../support/open-host.js'

const table = {
  histogram: { kind: 'histogram', name: 'h', help: 'H', bounds: [1, 2], labels: { a: {} } },
  exponential: { kind: 'exponential_histogram', name: 'e', help: 'E', labels: { a: {} }, maxBuckets: 8 },
  summary: { kind: 'summary', name: 's', help: 'S', labels: { a: {} }, quantiles: [0.5, 0.9] },
} as const
const x = { a: 'x' }
const merging = { views: [{ match: '*', dropLabels: ['a'] }] }

describe('totals of a histogram', () => {
  const bounds = [1, 2]

  test('are taken over whole, then followed, and a smaller count in any bucket is a new beginning', async () => {
    const { handles, memory } = await openHost(table)
    const tell = (buckets: number[], sum: number) => {
      handles.histogram.setTotals(x, { bounds, buckets, sum })
      return memory.series('h', x)
    }
    expect(tell([1, 2, 3], 20)).toMatchObject({ buckets: [1, 2, 3], sum: 20, count: 6 })
    expect(tell([1, 2, 5], 40)).toMatchObject({ buckets: [1, 2, 5], sum: 40 })
    expect(tell([1, 2, 5], 40)).toMatchObject({ buckets: [1, 2, 5], sum: 40 })
    expect(tell([9, 0, 0], 4)).toMatchObject({ buckets: [10, 2, 5], sum: 44 })
  })

  test('equal the sum of all that their sources told since each began, whatever they told', async () => {
    const step = fc.record({
      source: fc.nat(2),
      add: fc.tuple(fc.nat(4), fc.nat(4), fc.nat(4)),
      reset: fc.nat(9),
    })
    for (const options of [{}, merging]) {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
          const { handles, memory } = await openHost(table, options)
          const sources = [0, 1, 2].map(() => [0, 0, 0])
          const expected = [0, 0, 0]
          for (const { source, add, reset } of steps) {
            // a source that begins again and tells as much as before can't be told from one that went on
            const before = sources[source].reduce((a, b) => a + b, 0)
            if (
              reset === 0 &&
              add.reduce((a, b) => a + b, 0) < before &&
              add.some((n, i) => n < sources[source][i])
            )
              sources[source] = [0, 0, 0]
            sources[source] = sources[source].map((n, i) => n + add[i])
            add.forEach((n, i) => (expected[i] += n))
            handles.histogram.setTotals({ a: `${source}` }, { bounds, buckets: sources[source], sum: 0 })
          }
          const series = memory.read({ names: new Set(['h']) })[0]?.series ?? []
          const read = [0, 1, 2].map((i) => series.reduce((sum, { buckets }) => sum + buckets![i], 0))
          expect(read).toEqual(expected)
        }),
        { numRuns: runs(20) },
      )
    }
  })

  test('go to the first bucket that holds them where a view has other bounds', async () => {
    const { handles, memory } = await openHost(table, { views: [{ match: 'h', bounds: [2, 10] }] })
    handles.histogram.setTotals(x, { bounds: [1, 2, 5], buckets: [1, 2, 4, 8], sum: 50 })
    expect(memory.series('h', x)).toMatchObject({ buckets: [3, 4, 8], sum: 50 })
  })

  test('are dropped whole when one of them is wrong', async () => {
    const { handles, memory, dropped } = await openHost(table)
    const good = { bounds, buckets: [1, 1, 1], sum: 3 }
    for (const wrong of [
      { buckets: [1, 1] },
      { buckets: [1, -1, 1] },
      { buckets: [1, Number.NaN, 1] },
      { sum: Infinity },
      { bounds: [1, '2'] },
      { exemplars: {} },
    ])
      handles.histogram.setTotals(x, { ...good, ...wrong } as never)
    handles.histogram.setTotals(x, null as never)
    expect(memory.series('h', x)).toMatchObject({ count: 0, sum: 0 })
    expect(dropped()).toEqual({ not_a_number: 5, negative: 1, infinite: 1 })
  })

  test('bring exemplars with values of their own, and bad ones are dropped alone', async () => {
    const { handles, memory, dropped } = await openHost(table)
    const exemplars = [{ labels: { t: 'x' }, value: 0.5 }, undefined, { labels: {}, value: 'x' }] as never
    handles.histogram.setTotals(x, { bounds, buckets: [1, 0, 1], sum: 9, exemplars })
    const store = instrumentOf(memory, 'h').exemplars
    expect([0, 1, 2].map((cell) => store.at(cell)?.value)).toEqual([0.5, undefined, undefined])
    expect(memory.series('h', x)).toMatchObject({ count: 2 })
    expect(dropped()).toEqual({ exemplar_too_long: 1 })
  })
})

describe('totals of an exponential histogram', () => {
  test('hold every count of the source in its bucket, at whatever scale it tells them', async () => {
    const value = fc.double({ min: 1e-3, max: 1e3, noNaN: true })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ values: fc.array(value, { maxLength: 6 }), scale: fc.nat(12) }), {
          maxLength: 6,
        }),
        async (steps) => {
          const { handles, memory } = await openHost(table)
          const all: number[] = []
          let scale = 20
          for (const step of steps) {
            all.push(...step.values)
            scale = Math.min(scale, step.scale)
            handles.exponential.setTotals(x, { scale, zeroCount: 2, sum: 5, ...runsOf(all, scale) })
          }
          if (steps.length === 0) return
          memory.read()
          const buckets = instrumentOf(memory, 'e').states[0] as never as {
            scale: number
            count: number
            positive: { start: number; length: number; counts: Float64Array }
          }
          const model: Record<number, number> = {}
          for (const one of all) {
            const index = bucketIndex(one, buckets.scale)
            model[index] = (model[index] ?? 0) + 1
          }
          const { start, length, counts } = buckets.positive
          const read = Object.fromEntries(
            [...counts.subarray(0, length)].map((n, i) => [start + i, n]).filter(([, n]) => n !== 0),
          )
          expect(read).toEqual(model)
          expect([buckets.count, length <= 8]).toEqual([all.length + 2, true])
          expect(memory.series('e', x)).toMatchObject({ sum: 5 })
        },
      ),
      { numRuns: runs(40) },
    )
  })

  test('begin again when the source tells fewer', async () => {
    const { handles, memory } = await openHost(table)
    const tell = (values: number[], sum: number) =>
      handles.exponential.setTotals(x, { scale: 3, zeroCount: 0, sum, ...runsOf(values, 3) })
    tell([1, 2, 3], 6)
    tell([2], 2)
    tell([2, 2], 4)
    expect(memory.series('e', x)).toMatchObject({ count: 5, sum: 10 })
  })

  test('are dropped when their buckets lie outside of all doubles', async () => {
    const { handles, dropped } = await openHost(table)
    const empty = { offset: 0, counts: [] }
    for (const positive of [
      { offset: 2 ** 31, counts: [1] },
      { offset: -(2 ** 40), counts: [1] },
      { offset: 2_000, counts: [1] },
      { offset: 0.5, counts: [1] },
      { offset: 0, counts: 'x' },
    ] as never[])
      handles.exponential.setTotals(x, { scale: 0, zeroCount: 0, sum: 1, positive, negative: empty })
    expect(dropped()).toEqual({ not_a_number: 5 })
  })
})

describe('totals of a summary', () => {
  test('show the quantiles that the source told, and follow its sum and count', async () => {
    const { handles, memory } = await openHost(table)
    handles.summary.setTotals(x, { quantiles: [1, 2], sum: 10, count: 5 })
    handles.summary.setTotals(x, { quantiles: [3, Number.NaN], sum: 12, count: 6 })
    expect(memory.series('s', x)).toMatchObject({ quantiles: [3, Number.NaN], sum: 12, count: 6 })
    handles.summary.setTotals(x, { quantiles: [4, 5], sum: 1, count: 1 })
    expect(memory.series('s', x)).toMatchObject({ quantiles: [4, 5], sum: 13, count: 7 })
  })

  test('have no quantiles where a view has made one series of several', async () => {
    const { handles, memory } = await openHost(table, merging)
    for (const a of ['1', '2']) handles.summary.setTotals({ a }, { quantiles: [1, 2], sum: 10, count: 5 })
    expect(memory.series('s')).toMatchObject({ quantiles: [Number.NaN, Number.NaN], sum: 20, count: 10 })
  })
})

describe('series of lifetime collect', () => {
  test('that a source tells no more, disappear after the next pass; others stay', async () => {
    const { handles, pass, labelsOf } = await openHost({
      goes: { kind: 'counter', name: 'goes_total', help: 'C', labels: { a: {} }, lifetime: 'collect' },
      stays: { kind: 'counter', name: 'stays_total', help: 'C', labels: { a: {} } },
    } as const)
    await pass(() =>
      ['1', '2'].forEach((a) => (handles.goes.setTotal({ a }, 5), handles.stays.setTotal({ a }, 5))),
    )
    await pass(() => handles.goes.setTotal({ a: '2' }, 6))
    expect(labelsOf('goes_total')).toEqual([{ a: '2' }])
    expect(labelsOf('stays_total')).toHaveLength(2)
  })
})

describe('an instrument that is forgotten', () => {
  test('is gone with its series, and its name is free', async () => {
    const { context, memory } = await openHost({})
    context.define({ kind: 'histogram', name: 'x', help: 'X' }).observe(1)
    context.forget('x')
    context.forget('x')
    context.forget('nothing')
    expect(memory.read({ names: new Set(['x']) })).toEqual([])
    context.define({ kind: 'counter', name: 'x_count', help: 'X' }).inc()
    expect(memory.value('x_count')).toBe(1)
  })
})

/** The positive values as adjacent buckets at a scale. */
function runsOf(values: readonly number[], scale: number) {
  const indexes = values.map((value) => bucketIndex(value, scale))
  const offset = indexes.length === 0 ? 0 : Math.min(...indexes)
  const counts = indexes.length === 0 ? [] : Array<number>(Math.max(...indexes) - offset + 1).fill(0)
  for (const index of indexes) counts[index - offset]++
  return { positive: { offset, counts }, negative: { offset: 0, counts: [] } }
}
