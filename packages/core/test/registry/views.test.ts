import { describe, expect, test } from 'vitest'
import { startProbe, startRecording } from '../support/recording.js'

const labels = { peer: {}, way: ['in', 'out'] } as const
const counter = { kind: 'counter', name: 'c_total', help: 'C', labels } as const
const gauge = { kind: 'gauge', name: 'g', help: 'G', labels } as const

describe('a view that switches a metric off', () => {
  test('leaves instruments that work and record nothing', async () => {
    const { instruments, memory, labelsOf } = await startRecording(
      { counter, gauge, other: { ...counter, name: 'other_total' } },
      {
        views: [
          { match: 'c_*', metric: 'off' },
          { match: 'g', metric: 'off' },
        ],
      },
    )
    instruments.counter.inc({ peer: 'x', way: 'in' })
    instruments.counter.labels({ peer: 'x', way: 'in' }).inc()
    instruments.gauge.set({ peer: 'x', way: 'in' }, 1)
    instruments.other.inc({ peer: 'x', way: 'in' })
    expect(memory.read({ names: new Set(['c_total', 'g']) })).toEqual([])
    expect(labelsOf('other_total')).toHaveLength(1)
  })

  test('frees its name, and is outdone by a later view', async () => {
    const { instruments, memory } = await startRecording(
      { counter, gauge },
      {
        views: [
          { match: '*', metric: 'off' },
          { match: 'g', metric: 'on' },
        ],
      },
    )
    instruments.gauge.set({ peer: 'x', way: 'in' }, 1)
    expect(memory.read().map(({ name }) => name)).toEqual(['g'])
  })
})

describe('a view that drops labels', () => {
  const views = [{ match: '*', dropLabels: ['peer'] }]

  test('sums counters, up-down counters and distributions', async () => {
    const table = {
      counter,
      upDown: { ...counter, kind: 'up_down_counter', name: 'u' },
      histogram: { ...counter, kind: 'histogram', name: 'h', bounds: [1] },
      exponential: { ...counter, kind: 'exponential_histogram', name: 'e' },
      summary: { ...counter, kind: 'summary', name: 's' },
    } as const
    const { instruments, memory } = await startRecording(table, { views })
    for (const [i, peer] of ['a', 'b', 'c'].entries()) {
      const full = { peer, way: 'in' } as const
      instruments.counter.inc(full, i + 1)
      instruments.counter.labels(full).inc(10)
      instruments.upDown.labels(full).dec(i)
      instruments.histogram.labels(full).observe(i)
      instruments.exponential.observe(full, i)
      instruments.summary.observe(full, i)
    }
    expect(memory.value('c_total', { way: 'in' })).toBe(36)
    expect(memory.value('c_total', { way: 'out' })).toBe(0)
    expect(memory.value('u', { way: 'in' })).toBe(-3)
    expect(memory.series('h', { way: 'in' })).toMatchObject({ buckets: [2, 1], sum: 3 })
    expect(memory.series('e', { way: 'in' })).toMatchObject({ count: 3, sum: 3 })
    expect(memory.series('s', { way: 'in' })).toMatchObject({ count: 3, sum: 3 })
  })

  test('keeps the sum when one of the callers’ series is removed', async () => {
    const { instruments, memory } = await startRecording({ counter }, { views })
    instruments.counter.inc({ peer: 'a', way: 'in' }, 5)
    instruments.counter.inc({ peer: 'b', way: 'in' }, 7)
    instruments.counter.remove({ peer: 'a', way: 'in' })
    expect(memory.value('c_total', { way: 'in' })).toBe(12)
  })

  test.each([
    [undefined, 6],
    ['sum', 6],
    ['max', 3],
    ['min', 1],
    ['mean', 2],
  ] as const)('reduces gauges as reported: %s', async (reduce, expected) => {
    const { instruments, memory, pass } = await startProbe(
      { gauge },
      { views: [{ ...views[0], ...(reduce && { reduce }) }] },
    )
    await pass(() =>
      [1, 2, 3].forEach((value) => instruments.gauge.set({ peer: `${value}`, way: 'in' }, value)),
    )
    expect(memory.value('g', { way: 'in' })).toBe(expected)
    expect(memory.series('g', { way: 'out' })).toBeUndefined()
    await pass(() => instruments.gauge.set({ peer: '1', way: 'in' }, 1))
    expect(memory.value('g', { way: 'in' })).toBe(1)
    instruments.gauge.labels({ peer: '1', way: 'in' }).remove()
    expect(memory.series('g', { way: 'in' })).toBeUndefined()
  })

  test('reduces a gauge as its definition says, unless the view says otherwise', async () => {
    const table = { g: { ...gauge, reduce: 'max' } } as const
    for (const [reduce, expected] of [
      [undefined, 3],
      ['min', 1],
    ] as const) {
      const { instruments, memory } = await startRecording(table, {
        views: [{ ...views[0], ...(reduce && { reduce }) }],
      })
      for (const value of [1, 3, 2]) instruments.g.set({ peer: `${value}`, way: 'in' }, value)
      expect(memory.value('g', { way: 'in' })).toBe(expected)
    }
  })

  test('reduces gauges at their series limit exactly, also when all of them are replaced', async () => {
    const limited = { ...gauge, seriesLimit: 2, labels: { peer: {}, zone: {} } } as const
    const { instruments, labelsOf, overflowed } = await startRecording({ g: limited }, { views })
    for (const round of ['1', '2', '3']) {
      instruments.g.clear()
      for (const zone of ['a', 'b']) instruments.g.set({ peer: 'x', zone: zone + round }, 1)
      expect(
        labelsOf('g')
          .map(({ zone }) => zone)
          .sort(),
      ).toEqual([`a${round}`, `b${round}`])
    }
    expect(overflowed('g')).toBe(0)
  })

  test('that an instrument does not have changes nothing about it', async () => {
    const { instruments, memory } = await startRecording(
      { counter },
      { views: [{ match: '*', dropLabels: ['nothing'] }] },
    )
    const bound = instruments.counter.labels({ peer: 'a', way: 'in' })
    expect(instruments.counter.labels({ peer: 'a', way: 'in' })).toBe(bound)
    bound.inc()
    instruments.counter.remove({ peer: 'a', way: 'in' })
    expect(memory.series('c_total', { peer: 'a', way: 'in' })).toBeUndefined()
  })

  test('adds the labels of all matching views together', async () => {
    const { instruments, memory } = await startRecording(
      { counter },
      {
        views: [
          { match: 'c_*', dropLabels: ['peer'] },
          { match: '*_total', dropLabels: ['way'] },
        ],
      },
    )
    instruments.counter.inc({ peer: 'a', way: 'in' })
    instruments.counter.inc({ peer: 'b', way: 'out' })
    expect(memory.value('c_total')).toBe(2)
  })
})

describe('a view', () => {
  test('truncates and hashes label values', async () => {
    const { instruments, labelsOf } = await startRecording(
      { counter: { ...counter, labels: { cut: {}, hashed: {} } } },
      { views: [{ match: '*', labels: { cut: { truncate: 3 }, hashed: 'hash' } }], privacy: { salt: 's' } },
    )
    instruments.counter.inc({ cut: 'abcdef', hashed: 'secret' })
    instruments.counter.inc({ cut: 'abcxyz', hashed: 'secret' })
    instruments.counter.inc({ cut: '😀😀', hashed: 'other' })
    const read = labelsOf('c_total')
    expect(read.map(({ cut }) => cut)).toEqual(['abc', '😀\uFFFD'])
    expect(read.every(({ hashed }) => /^[0-9a-f]{16}$/.test(hashed))).toBe(true)
    expect(read[0]['hashed']).not.toBe(read[1]['hashed'])
  })

  test('sets the bounds of histograms and of timers over them, and of nothing else', async () => {
    const { instruments, memory } = await startRecording(
      {
        h: { kind: 'histogram', name: 'h', help: 'H', bounds: [1, 2] },
        t: { kind: 'timer', name: 't', help: 'T' },
        c: { kind: 'counter', name: 'c', help: 'C' },
      },
      { views: [{ match: '*', bounds: [10, 20, 30] }] },
    )
    instruments.h.observe(15)
    instruments.t.observe(35)
    instruments.c.inc()
    expect(memory.series('h')).toMatchObject({ buckets: [0, 1, 0, 0], sum: 15 })
    expect(memory.series('t')).toMatchObject({ buckets: [0, 0, 0, 1], sum: 35 })
    expect(memory.value('c')).toBe(1)
  })

  test('sets the series limit, above the definition and the host', async () => {
    const limited = { ...counter, seriesLimit: 1 }
    const { instruments, labelsOf } = await startRecording(
      { counter: limited },
      { seriesLimit: 2, views: [{ match: 'c_total', seriesLimit: 5 }] },
    )
    for (let i = 0; i < 9; i++) instruments.counter.inc({ peer: `${i}`, way: 'in' })
    expect(labelsOf('c_total')).toHaveLength(6)
  })

  test('of the host’s limit counts where nothing else says so', async () => {
    const { instruments, labelsOf } = await startRecording({ counter }, { seriesLimit: 20 })
    for (let i = 0; i < 30; i++) instruments.counter.inc({ peer: `${i}`, way: 'in' })
    expect(labelsOf('c_total')).toHaveLength(21)
  })
})
