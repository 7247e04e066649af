import { createTidegauge } from '@tidegauge/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createMemoryTransport, runs } from '@tidegauge/testkit'
import { startRecording } from '../support/recording.js'

const labels = { a: {}, b: ['x', 'y'] } as const
const table = {
  counter: { kind: 'counter', name: 'counter', help: 'H', labels },
  plainCounter: { kind: 'counter', name: 'plain_counter', help: 'H' },
  upDown: { kind: 'up_down_counter', name: 'up_down', help: 'H', labels },
  gauge: { kind: 'gauge', name: 'gauge', help: 'H', labels },
  histogram: { kind: 'histogram', name: 'histogram', help: 'H', labels },
  exponential: { kind: 'exponential_histogram', name: 'exponential', help: 'H', labels },
  summary: { kind: 'summary', name: 'summary', help: 'H', labels },
  timer: { kind: 'timer', name: 'timer', help: 'H', labels },
  info: { kind: 'info', name: 'info', help: 'H', labels },
  states: { kind: 'state_set', name: 'states', help: 'H', states: ['on', 'off'], labels },
} as const

const views = [
  {},
  { views: [{ match: '*', dropLabels: ['a'] }] },
  { views: [{ match: '*', labels: { a: { truncate: 1 } } as const }] },
  { views: [{ match: '*', metric: 'off' } as const] },
]

/** What a careless or hostile caller may pass, getters and proxies that throw included. */
const THROWER = 'stands for the proxy'
const thrower = new Proxy(
  {},
  {
    get: () => {
      throw new Error('get')
    },
    ownKeys: () => {
      throw new Error('ownKeys')
    },
    has: () => {
      throw new Error('has')
    },
    getPrototypeOf: () => {
      throw new Error('getPrototypeOf')
    },
  },
)
const odd = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withObjectString: true }),
  fc.constantFrom<unknown>(THROWER, Symbol('s'), () => 'x', new Date(Number.NaN), 5n, Object.create(null)),
  fc.record({ a: fc.anything(), b: fc.anything() }),
  fc.constant({ a: THROWER, b: 'x' }),
)
/** fast-check itself would trip over the proxy. */
const armed = (value: unknown): unknown => {
  if (value === THROWER) return thrower
  const isHolder = typeof value === 'object' && value !== null && 'a' in value && value.a === THROWER
  return isHolder ? { ...value, a: thrower } : value
}
const call = fc.constantFrom(
  'inc',
  'dec',
  'set',
  'observe',
  'setTotal',
  'toggle',
  'start',
  'labels',
  'remove',
)

describe('recording', () => {
  test('never throws, whatever is passed to whatever handle, and leaves every number a number', async () => {
    for (const options of views) {
      const { instruments, memory } = await startRecording(table, options)
      const all = Object.values(instruments) as unknown as Record<string, (...args: unknown[]) => any>[]
      fc.assert(
        fc.property(fc.nat(all.length - 1), call, fc.array(odd, { maxLength: 3 }), (which, name, given) => {
          const handle = all[which]
          const args = given.map(armed)
          const bound = handle['labels']?.({ a: 'x', b: 'x' }) ?? handle
          const result = name in handle ? handle[name](...args) : undefined
          if (name === 'start') (result?.stop ?? result)?.(...args)
          if (name === 'labels') result?.inc?.(1)
          if (name !== 'labels' && name in bound) bound[name](...args)
        }),
        { numRuns: runs(600) },
      )
      for (const { name, series } of memory.read())
        for (const { value = 0, sum = 0, buckets = [] } of series)
          expect(
            [value, sum, ...buckets].every((number) => !Number.isNaN(number)),
            name,
          ).toBe(true)
    }
  })

  test('never throws, whatever totals a source reports, and keeps counts and sums numbers', async () => {
    const { instruments, memory } = await startRecording({
      counter: { kind: 'counter', name: 'counter', help: 'H' },
      histogram: { kind: 'histogram', name: 'histogram', help: 'H', bounds: [1, 2] },
      exponential: { kind: 'exponential_histogram', name: 'exponential', help: 'H' },
      summary: { kind: 'summary', name: 'summary', help: 'H' },
    })
    const number = fc.oneof(fc.nat(20), fc.integer(), fc.double(), fc.anything())
    const list = fc.oneof(
      fc.array(fc.nat(9), { maxLength: 4 }),
      fc.array(number, { maxLength: 3 }),
      fc.anything(),
    )
    const scale = fc.integer({ min: -10, max: 20 })
    const run = fc.oneof(
      fc.record({
        offset: fc.integer({ min: -2_000, max: 2_000 }),
        counts: fc.array(fc.nat(5), { maxLength: 5 }),
      }),
      fc.record({ offset: number, counts: list }),
    )
    const bounds = fc.oneof(fc.constant([1, 2]), list)
    const reported = fc.oneof(
      fc.record({
        bounds,
        buckets: fc.array(fc.nat(5), { minLength: 3, maxLength: 3 }),
        sum: number,
        exemplars: list,
      }),
      fc.record({ bounds, buckets: list, sum: number, exemplars: list }),
      fc.record({ scale, zeroCount: fc.nat(3), positive: run, negative: run, sum: fc.nat(3) }),
      fc.record({ scale: number, zeroCount: number, positive: run, negative: list, sum: number }),
      fc.record({ quantiles: fc.oneof(list, fc.constant([1, 2, 3])), sum: number, count: number }),
      fc.anything(),
    )
    const { counter, histogram, exponential, summary } = instruments
    const takes = [histogram, exponential, summary].map(
      (one) => one.setTotals.bind(one) as (totals: any) => void,
    )
    fc.assert(
      fc.property(fc.nat(3), reported, number, (which, totals, total) => {
        if (which < 3) takes[which](totals)
        else counter.setTotal(total as never, totals as never)
      }),
      { numRuns: runs(3_000) },
    )
    for (const name of ['counter', 'histogram', 'exponential', 'summary']) {
      const { value = 0, sum = 0, count = 0, buckets = [] } = memory.series(name)!
      expect([value, sum, count, ...buckets].some(Number.isNaN), name).toBe(false)
      expect(Math.min(value, count, ...buckets), name).toBeGreaterThanOrEqual(0)
    }
  })

  test('drops labels of the wrong shape, and says why', async () => {
    const { instruments, dropped, labelsOf } = await startRecording(table)
    const wrong: [unknown, string][] = [
      [undefined, 'label_missing'],
      [null, 'label_missing'],
      ['a', 'label_missing'],
      [{}, 'label_missing'],
      [{ a: 'x' }, 'label_missing'],
      [{ a: null, b: 'x' }, 'label_missing'],
      [{ a: ['x'], b: 'x' }, 'label_type'],
      [{ a: { toString: () => 'x' }, b: 'x' }, 'label_type'],
      [{ a: 5n, b: 'x' }, 'label_type'],
      [thrower, 'label_type'],
      [{ a: 'x', b: 'z' }, 'label_value'],
      [{ a: 'x', b: 'constructor' }, 'label_value'],
      [{ a: 'x', b: 'x', c: 'x' }, 'label_unknown'],
    ]
    const expected: Record<string, number> = {}
    for (const [given, reason] of wrong) {
      instruments.counter.inc(given as never)
      instruments.counter.labels(given as never).inc()
      instruments.gauge.set(given as never, 1)
      instruments.gauge.labels(given as never).set(1)
      instruments.histogram.observe(given as never, 1)
      instruments.states.set(given as never, 'on')
      expected[reason] = (expected[reason] ?? 0) + 6
    }
    expect(dropped()).toEqual(expected)
    for (const name of ['counter', 'gauge', 'histogram', 'states']) expect(labelsOf(name), name).toEqual([])
  })

  test('logs each kind of loss once for each instrument, however often it happens', async () => {
    const { instruments, log } = await startRecording(table)
    for (let i = 0; i < 100; i++) {
      instruments.plainCounter.inc(Number.NaN)
      instruments.plainCounter.inc(-1)
      instruments.counter.inc({ a: 'x', b: 'x' }, Number.NaN)
    }
    expect(log).toEqual([
      'warn plugin "app": counter "plain_counter" got NaN: expected a number; the sample was dropped, later ones are only counted, in tidegauge_dropped_samples_total{reason="not_a_number"}',
      'warn plugin "app": counter "plain_counter" got -1: expected a number that is not negative; the sample was dropped, later ones are only counted, in tidegauge_dropped_samples_total{reason="negative"}',
      'warn plugin "app": counter "counter" got NaN: expected a number; the sample was dropped, later ones are only counted, in tidegauge_dropped_samples_total{reason="not_a_number"}',
    ])
  })

  test('goes on when the logger throws', async () => {
    const fail = () => {
      throw new Error('disk full')
    }
    const memory = createMemoryTransport()
    const host = createTidegauge({ logger: { debug: fail, info: fail, warn: fail, error: fail } })
    const instruments = host.export(memory).instruments('app', table)
    await host.start()
    expect(() => instruments.plainCounter.inc(Number.NaN)).not.toThrow()
    expect(memory.value('tidegauge_dropped_samples_total', { reason: 'not_a_number' })).toBe(1)
    await host.stop()
  })

  test('takes label names and values of the object prototype as data', async () => {
    const names = ['constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype']
    const before = Object.getOwnPropertyNames(Object.prototype)
    const { instruments, memory, labelsOf } = await startRecording({
      c: {
        kind: 'counter',
        name: 'constructor',
        help: 'C',
        labels: Object.fromEntries(names.map((name) => [name, {}])),
      },
    })
    const values = ['__proto__', ...names]
    for (const value of values) instruments.c.inc(Object.fromEntries(names.map((name) => [name, value])))
    instruments.c.inc({})
    expect(labelsOf('constructor')).toHaveLength(values.length)
    for (const value of values)
      expect(memory.value('constructor', Object.fromEntries(names.map((name) => [name, value])))).toBe(1)
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })
})
