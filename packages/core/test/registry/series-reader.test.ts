/** Every accessor of a reader, for every kind. */
import type { InstrumentDefinition, SeriesReader } from '@tidegauge/core'
import { createManualClock, startTestHost } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { createRegistry } from '../support/registry.js'

const labels = { a: {}, b: ['x', 'y'] } as const
const set = { b: 'x', a: 'é"1' } as const

/** A registry with one instrument, its handle, and a reader that stands on its first series. */
function open<const D extends InstrumentDefinition>(definition: D) {
  const { registry, instance, clock } = createRegistry()
  const handle = registry.add(instance, definition)
  return {
    handle,
    clock,
    registry,
    reader(): SeriesReader {
      const reader = registry.read()[0].parts[0].series()
      expect(reader.next()).toBe(true)
      return reader
    },
  }
}

describe('a reader of', () => {
  test('a counter has its labels, its value and its exemplar', () => {
    const { handle, reader } = open({ kind: 'counter', name: 'c', help: 'C', labels })
    handle.inc(set, 2.5, { labels: { trace: 't' }, timestampSeconds: 7 })
    const one = reader()
    expect([one.labelText(0), one.labelText(1), one.value]).toEqual(['é"1', 'x', 2.5])
    expect(one.labels()).toEqual({ a: 'é"1', b: 'x' })
    expect(one.hasExemplars).toBe(true)
    expect(one.exemplar()).toEqual({ labels: { trace: 't' }, value: 2.5, timestampSeconds: 7 })
  })

  test('an up-down counter, a gauge and an info has their value', () => {
    const upDown = open({ kind: 'up_down_counter', name: 'u', help: 'U', labels })
    upDown.handle.dec(set, 3)
    const gauge = open({ kind: 'gauge', name: 'g', help: 'G' })
    gauge.handle.set(-Infinity)
    const info = open({ kind: 'info', name: 'i', help: 'I', labels })
    info.handle.set(set)
    expect([upDown, gauge, info].map(({ reader }) => reader().value)).toEqual([-3, -Infinity, 1])
    expect(info.reader().labels()).toEqual({ ...set })
    for (const { reader } of [upDown, gauge, info]) {
      expect(reader().hasExemplars).toBe(false)
      expect(reader().exemplar()).toBeUndefined()
    }
  })

  test('a histogram has its buckets one by one, its sum, its count and an exemplar for each bucket', () => {
    const { handle, reader } = open({ kind: 'histogram', name: 'h', help: 'H', bounds: [1, 2], labels })
    for (const value of [0.5, 1, 2, 9]) handle.observe(set, value)
    handle.observe(set, 10, { labels: { trace: 'high' }, timestampSeconds: 1 })
    const one = reader()
    expect([0, 1, 2].map((i) => one.bucketCount(i))).toEqual([2, 1, 2])
    expect([one.sum, one.count]).toEqual([22.5, 5])
    expect([0, 1, 2].map((i) => one.exemplar(i)?.value)).toEqual([undefined, undefined, 10])
  })

  test('an exponential histogram has its buckets, its sum and its count', () => {
    const { handle, reader } = open({ kind: 'exponential_histogram', name: 'e', help: 'E' })
    for (const value of [0, 1, -2]) handle.observe(value, { labels: { trace: 't' } })
    const one = reader()
    expect([one.sum, one.count, one.exponential.zeroCount]).toEqual([-1, 3, 1])
    expect([one.exponential.positive.length, one.exponential.negative?.length]).toEqual([1, 1])
    expect(one.exemplar()?.value).toBe(-2)
  })

  test('a summary has its quantiles in their order, its sum and its count', () => {
    const { handle, reader } = open({ kind: 'summary', name: 's', help: 'S', quantiles: [0, 0.5, 1] })
    expect(reader().quantileValues()).toEqual([Number.NaN, Number.NaN, Number.NaN])
    for (const value of [1, 10, 100]) handle.observe(value)
    const one = reader()
    expect(one.quantileValues().map(Math.round)).toEqual([1, 10, 100])
    expect([one.sum, one.count]).toEqual([111, 3])
  })

  test('a timer has what the kind that it is over has', () => {
    const histogram = open({ kind: 'timer', name: 't', help: 'T', bounds: [1] })
    histogram.handle.observe(3)
    const summary = open({ kind: 'timer', name: 't', help: 'T', over: 'summary' })
    summary.handle.observe(3)
    expect([histogram.reader().bucketCount(1), histogram.reader().sum]).toEqual([1, 3])
    expect([summary.reader().count, summary.reader().sum]).toEqual([1, 3])
  })

  test('a state set says of each state whether it is on', () => {
    const { handle, reader } = open({ kind: 'state_set', name: 's', help: 'S', states: ['a', 'b', 'c'] })
    handle.set('b')
    handle.toggle('c', true)
    expect([0, 1, 2].map((i) => reader().isOn(i))).toEqual([false, true, true])
  })

  test('a rate has its value and the labels of its counter', async () => {
    const clock = createManualClock()
    const { instruments, memory, read } = await startTestHost(
      {
        bytes: { kind: 'counter', name: 'bytes_total', help: 'B', labels },
        speed: { kind: 'rate', name: 'speed', help: 'S', of: 'bytes' },
      },
      { clock },
    )
    await clock.advance(1_000)
    instruments.bytes.inc(set)
    await read()
    await clock.advance(2_000)
    instruments.bytes.inc(set, 10)
    await read()
    const reader = memory.context.read({ names: new Set(['speed']) })[0].parts[0].series()
    reader.next()
    expect([reader.labels(), reader.value]).toEqual([{ ...set }, 5])
  })
})

describe('labels of a series', () => {
  test('stand in the order of the definition, after the constant ones', async () => {
    const { instruments, memory } = await startTestHost(
      { c: { kind: 'counter', name: 'c', help: 'C', labels } },
      { use: { labels: { node: 'n', zone: 'z' } } },
    )
    instruments.c.inc(set)
    const reader = memory.context.read()[0].parts[0].series()
    reader.next()
    expect(Object.entries(reader.labels())).toEqual([
      ['node', 'n'],
      ['zone', 'z'],
      ['a', 'é"1'],
      ['b', 'x'],
    ])
  })

  test('of a family without any are none', () => {
    const { reader } = open({ kind: 'counter', name: 'c', help: 'C' })
    expect([reader().labels(), reader().value]).toEqual([{}, 0])
  })
})

describe('the second level', () => {
  test('has the numbers of each series in its page, and the ids of its labels in the pool', () => {
    const { handle, registry } = open({ kind: 'histogram', name: 'h', help: 'H', bounds: [1, 2], labels })
    for (let i = 0; i < 100; i++) handle.observe({ a: `series ${i}`, b: 'y' }, i)
    const reader = registry.read()[0].parts[0].series()
    const decoder = new TextDecoder()
    let count = 0
    while (reader.next()) {
      const { cells, at, ids, idsAt, pool } = reader
      expect([...cells.subarray(at, at + 4)]).toEqual([
        reader.bucketCount(0),
        reader.bucketCount(1),
        reader.bucketCount(2),
        reader.sum,
      ])
      const id = ids[idsAt]
      const bytes = pool.bytes.subarray(pool.offsets[id], pool.offsets[id] + pool.lengths[id])
      expect(decoder.decode(bytes)).toBe(reader.labelText(0))
      expect(pool.text(ids[idsAt + 1])).toBe('y')
      count++
    }
    expect(count).toBe(100)
    expect(reader.next()).toBe(false)
  })

  test('has a state set’s numbers, one for each state', () => {
    const { handle, reader } = open({ kind: 'state_set', name: 's', help: 'S', states: ['a', 'b'] })
    handle.set('b')
    const { cells, at } = reader()
    expect([...cells.subarray(at, at + 2)]).toEqual([0, 1])
  })
})

describe('the time of creation', () => {
  test('is that of the wall clock, to within a second, for each series', async () => {
    const { handle, registry, clock } = open({ kind: 'counter', name: 'c', help: 'C', labels })
    const startMs = clock.now()
    for (const a of ['1', '2', '3']) {
      handle.inc({ a, b: 'x' })
      await clock.advance(60_000)
    }
    clock.jump(3_600_000)
    const created = () =>
      registry
        .read()[0]
        .series()
        .map((one) => one.createdMs! - startMs)
        .toArray()
    expect(created()).toEqual([0, 60_000, 120_000])
    handle.remove({ a: '1', b: 'x' })
    handle.inc({ a: '4', b: 'x' })
    expect(created()).toEqual([180_000 + 3_600_000, 60_000, 120_000])
  })

  test('is not known where a source counted before, in the whole part', () => {
    const { handle, reader } = open({ kind: 'counter', name: 'c', help: 'C', labels })
    handle.inc(set)
    expect(reader().createdMs).toBeDefined()
    handle.setTotal({ a: 'other', b: 'x' }, 5)
    expect(reader().createdMs).toBeUndefined()
  })
})
