/** What moves with the series of a set beside their numbers: totals of sources, exemplars, creation times, losses. */
import { instruments } from '@tidegauge/core'
import {
  createManualClock,
  startTestHost,
  type MemoryTransport,
  type TestHostOptions,
} from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'

type HostOptions = NonNullable<TestHostOptions['host']>

const labels = { peer: {} } as const
const bounds = [1, 2, 4]
const table = {
  counter: { kind: 'counter', name: 'counter', help: 'C', labels },
  plain: { kind: 'counter', name: 'plain', help: 'C' },
  histogram: { kind: 'histogram', name: 'histogram', help: 'H', labels, bounds },
  exponential: { kind: 'exponential_histogram', name: 'exponential', help: 'E', labels },
  summary: { kind: 'summary', name: 'summary', help: 'S', labels, quantiles: [0.5] },
} as const

const createSet = () => instruments('shop', table)
type ShopSet = ReturnType<typeof createSet>

/** Every source reports the total `n`. */
function report(set: ShopSet, peer: string, n: number): void {
  set.counter.setTotal({ peer }, n)
  set.plain.setTotal(n)
  set.histogram.setTotals({ peer }, { bounds, buckets: [n, 0, 1, 0], sum: n })
  set.exponential.setTotals(
    { peer },
    {
      scale: 0,
      zeroCount: 0,
      sum: n,
      positive: { offset: 0, counts: [n] },
      negative: { offset: 0, counts: [] },
    },
  )
  set.summary.setTotals({ peer }, { quantiles: [n], sum: n, count: n })
}

const numbersOf = (memory: MemoryTransport) =>
  Object.fromEntries(
    memory
      .read()
      .map(({ name, series }) => [
        name,
        series.reduce((sum, { value, count = Number.NaN }) => sum + (value ?? count), 0),
      ]),
  )

async function useIn(host: HostOptions, set: ShopSet) {
  const test = await startTestHost({}, { host })
  test.tidegauge.use(set)
  return test
}

const dropsPeer: HostOptions = { views: [{ match: '*', dropLabels: ['peer'] }] }
const otherBounds: HostOptions = { views: [{ match: 'histogram', bounds: [2] }] }
const moreBounds: HostOptions = { views: [{ match: 'histogram', bounds: [0.5, 1, 2, 3, 4, 5] }] }

describe('sources that count by themselves', () => {
  test.each<[string, HostOptions]>([
    ['as it is', {}],
    ['where a view drops the label that tells them apart', dropsPeer],
    ['where a view gives other bounds', otherBounds],
    ['where a view gives more bounds', moreBounds],
  ])('are followed over the move to a host, %s', async (_, host) => {
    const set = createSet()
    report(set, 'a', 10)
    report(set, 'b', 20)
    const { memory } = await useIn(host, set)
    const total = { counter: 30, histogram: 32, exponential: 30, summary: 30, plain: 20 }
    expect(numbersOf(memory)).toEqual(total)
    report(set, 'a', 10)
    report(set, 'b', 20)
    // the plain counter has one source, which restarted: 10 after 20
    expect(numbersOf(memory)).toEqual({ ...total, plain: 40 })
    report(set, 'a', 15)
    expect(numbersOf(memory)).toMatchObject({ counter: 35, histogram: 37, exponential: 35, summary: 35 })
  })

  test('are followed by bound series, also after the move back', async () => {
    const set = createSet()
    const [counter, histogram] = [set.counter.labels({ peer: 'a' }), set.histogram.labels({ peer: 'a' })]
    const reported = (n: number) => {
      counter.setTotal(n)
      histogram.setTotals({ bounds, buckets: [n, 0, 0, 0], sum: n })
    }
    reported(5)
    for (const host of [{}, dropsPeer, moreBounds, {}]) {
      const { tidegauge } = await useIn(host, set)
      reported(6)
      await tidegauge.remove(set)
      reported(7)
    }
    const { memory } = await useIn({}, set)
    // each host saw 7, then 6: a restart, which adds 6 and then 1
    const expected = 6 + 1 + 3 * 7
    expect(numbersOf(memory)).toMatchObject({ counter: expected, histogram: expected })
  })
})

describe('a set that comes back from a host whose view dropped a label', () => {
  test('keeps its sums, under an empty label, and adds no total of a source again', async () => {
    const set = createSet()
    const first = await useIn(dropsPeer, set)
    report(set, 'a', 10)
    report(set, 'b', 20)
    set.counter.inc({ peer: 'c' }, 5)
    await first.tidegauge.remove(set)
    const { memory } = await useIn({}, set)
    expect(memory.value('counter', { peer: '' })).toBe(35)
    report(set, 'a', 11)
    expect(memory.value('counter', { peer: 'a' })).toBe(1)
    expect(numbersOf(memory)).toMatchObject({ counter: 36, histogram: 33, exponential: 31, summary: 31 })
  })

  test('gives bound series their own labels again, those from before as well as later ones', async () => {
    const set = createSet()
    const before = set.counter.labels({ peer: 'before' })
    const first = await useIn(dropsPeer, set)
    before.inc(2)
    const during = set.counter.labels({ peer: 'during' })
    during.inc(3)
    await first.tidegauge.remove(set)
    const { memory } = await useIn({}, set)
    before.inc(10)
    during.inc(20)
    expect(memory.value('counter', { peer: 'before' })).toBe(10)
    expect(numbersOf(memory)).toMatchObject({ counter: 35 })
  })

  test('keeps its sums also for a closed label', async () => {
    const set = instruments('shop', {
      c: { kind: 'counter', name: 'c', help: 'C', labels: { way: ['in', 'out'] } },
    })
    const drops = await startTestHost({}, { host: { views: [{ match: '*', dropLabels: ['way'] }] } })
    drops.tidegauge.use(set)
    set.c.inc({ way: 'in' }, 5)
    await drops.tidegauge.remove(set)
    const { tidegauge, current } = await startTestHost({})
    tidegauge.use(set)
    set.c.inc({ way: 'out' })
    expect(current()).toEqual(
      new Map([
        ['c{way="in"}', 0],
        ['c{way="out"}', 1],
        ['c{way=""}', 5],
      ]),
    )
  })
})

describe('exemplars', () => {
  const exemplarOf = (memory: MemoryTransport, name: string, bucket: number) => {
    const reader = memory.context.read({ names: new Set([name]) })[0].parts[0].series()
    reader.next()
    return reader.exemplar(bucket)?.labels
  }

  test('go with their series, each to the bucket that takes its count', async () => {
    for (const [host, bucket] of [
      [{}, 2],
      [otherBounds, 1],
      [moreBounds, 4],
      [dropsPeer, 2],
    ] as const) {
      const set = createSet()
      set.counter.inc({ peer: 'a' }, 1, { labels: { t: 'counter' } })
      set.histogram.observe({ peer: 'a' }, 3, { labels: { t: 'three' } })
      const { memory } = await useIn(host, set)
      expect(exemplarOf(memory, 'counter', 0)).toEqual({ t: 'counter' })
      expect(exemplarOf(memory, 'histogram', bucket)).toEqual({ t: 'three' })
    }
  })
})

describe('the time of creation', () => {
  const createdOf = (memory: MemoryTransport, name: string) => {
    const reader = memory.context.read({ names: new Set([name]) })[0].parts[0].series()
    reader.next()
    return reader.createdMs
  }

  test('of a series that counted before the move is not known; of one at zero it is that of the move', async () => {
    const set = instruments('shop', {
      counted: { kind: 'counter', name: 'counted', help: 'C' },
      zero: { kind: 'counter', name: 'zero', help: 'C' },
      observed: { kind: 'exponential_histogram', name: 'observed', help: 'C' },
      unobserved: { kind: 'summary', name: 'unobserved', help: 'C' },
    })
    set.counted.inc()
    set.observed.observe(1)
    const clock = createManualClock(1_000)
    const { tidegauge, memory } = await startTestHost({}, { clock })
    tidegauge.use(set)
    expect(['counted', 'observed', 'zero', 'unobserved'].map((name) => createdOf(memory, name))).toEqual([
      undefined,
      undefined,
      1_000,
      1_000,
    ])
  })
})

test('an overflow series stays one, and what overflowed before is counted', async () => {
  const set = instruments('shop', { c: { kind: 'counter', name: 'c', help: 'C', labels, seriesLimit: 2 } })
  for (let i = 0; i < 5; i++) set.c.inc({ peer: `${i}` })
  const { tidegauge, memory } = await startTestHost({}, { host: { selfMetrics: 'on' } })
  tidegauge.use(set)
  set.c.inc({ peer: 'late' })
  set.c.setTotal({ peer: 'later' }, 1_000)
  expect(memory.value('c', { peer: '__overflow__' })).toBe(4)
  expect(memory.value('tidegauge_series_overflowed_total', { instrument: 'c' })).toBe(5)
})
