import type { Handles } from '@tidegauge/core'
import { describe, expect, test } from 'vitest'
import { createPluginInstance } from '../../src/storage/plugin-instance.js'
import { createRegistry, readOne, readSeries } from '../support/registry.js'
import { startRecording } from '../support/recording.js'

const counter = (name: string) => ({ kind: 'counter', name, help: 'C' }) as const
const labelled = { kind: 'counter', name: 'c_total', help: 'C', labels: { a: {} } } as const

describe('registering', () => {
  test('gives instruments under the keys of the table', () => {
    const { registry, instance } = createRegistry()
    const instruments = registry.addTable(instance, { one: counter('one'), two: counter('two') })
    expect(Object.keys(instruments)).toEqual(['one', 'two'])
  })

  test('adds a whole table or nothing of it', () => {
    const { registry, instance } = createRegistry()
    expect(() => registry.addTable(instance, { good: counter('good'), bad: counter('not good') })).toThrow(
      'not good',
    )
    expect(registry.read()).toEqual([])
    registry.addTable(instance, { good: counter('good') })
    expect(registry.read().map(({ name }) => name)).toEqual(['good'])
  })

  test('gives the same handle for the same definition, whatever the order of its keys', () => {
    const { registry, instance } = createRegistry()
    const first = registry.add(instance, { kind: 'counter', name: 'x', help: 'X', labels: { a: {} } })
    expect(registry.add(instance, { labels: { a: {} }, help: 'X', name: 'x', kind: 'counter' })).toBe(first)
    expect(registry.read()[0].parts).toHaveLength(1)
  })

  test('refuses another definition of a name that the same plugin has', () => {
    const { registry, instance } = createRegistry()
    registry.add(instance, labelled)
    expect(() => registry.add(instance, { ...labelled, labels: { b: {} } })).toThrow(
      'plugin "probe": counter "c_total" {b} can\'t be registered beside counter "c_total" {a} of plugin "probe": its kind, labels, unit or bounds differ; choose another name',
    )
  })

  test('frees the names of an instance that is forgotten, and the texts of its series', () => {
    const { registry, instance } = createRegistry()
    const { c } = registry.addTable(instance, { c: labelled })
    c.inc({ a: 'x' })
    registry.removeAll(instance)
    expect(registry.read()).toEqual([])
    expect(registry.pool.find('x')).toBeUndefined()
    registry.addTable(createPluginInstance('other'), { c: { ...labelled, kind: 'gauge' } })
    expect(registry.read().map(({ kind }) => kind)).toEqual(['gauge'])
  })

  test('does nothing bad with a handle of an instance that is forgotten', () => {
    const { registry, instance } = createRegistry()
    const { c, plain } = registry.addTable(instance, { c: labelled, plain: counter('plain') })
    const bound = c.labels({ a: 'x' })
    registry.removeAll(instance)
    bound.inc()
    c.inc({ a: 'y' })
    plain.inc()
    expect(registry.read()).toEqual([])
  })
})

describe('series of a registry', () => {
  test('stay within their limit for a million label sets, with an exact overflow and one warning', async () => {
    const { instruments, memory, labelsOf, overflowed, log } = await startRecording({ c: labelled })
    const bound = instruments.c.labels({ a: '0' })
    for (let i = 0; i < 1_000_000; i++) instruments.c.inc({ a: `${i}` })
    bound.inc()
    expect(labelsOf('c_total')).toHaveLength(2_001)
    expect(memory.value('c_total', { a: '__overflow__' })).toBe(998_000)
    expect(overflowed('c_total')).toBe(998_000)
    expect(memory.value('c_total', { a: '0' })).toBe(2)
    expect(log.filter((message) => message.includes('c_total'))).toHaveLength(1)
    expect(memory.context.read()[0].parts[0].series().pool.size).toBeLessThan(2_100)
  })

  test('reach a million where that is asked for', () => {
    const { registry, instance } = createRegistry({ seriesLimit: 1_000_000 })
    const { c } = registry.addTable(instance, { c: labelled })
    for (let i = 0; i < 1_000_000; i++) c.inc({ a: `${i}` }, i)
    const [view] = registry.read()
    const reader = view.parts[0].series()
    let count = 0
    let sum = 0
    while (reader.next()) {
      count++
      sum += reader.value
    }
    expect([count, sum]).toEqual([1_000_000, 499_999_500_000])
    expect(registry.losses.overflowedByInstrument.size).toBe(0)
  })

  test('are bounded for totals of sources that a view merges, too', () => {
    const { registry, instance } = createRegistry({ views: [{ match: '*', dropLabels: ['a'] }] })
    const { c } = registry.addTable(instance, { c: labelled })
    for (let i = 0; i < 101_000; i++) c.setTotal({ a: `${i}` }, 1)
    expect(registry.pool.size).toBeLessThanOrEqual(100_000)
    expect(registry.losses.overflowedByInstrument.get('c_total')).toBe(1_000)
    expect(readSeries(registry.read()[0])).toEqual([{ labels: [], cells: [100_000] }])
  })
})

describe('reading', () => {
  const table = {
    c: labelled,
    h: { kind: 'histogram', name: 'h', help: 'H', labels: { a: {} }, bounds: [1, 2, 3] },
    g: { kind: 'gauge', name: 'g', help: 'G', labels: { a: {}, b: {} } },
  } as const

  test('lists families in the order of their registration, filtered by name, plugin and instance', () => {
    const { registry, instance } = createRegistry()
    const other = createPluginInstance('other')
    registry.addTable(instance, table)
    registry.addTable(other, { x: counter('x') })
    const names = (...args: Parameters<typeof registry.read>) =>
      registry.read(...args).map(({ name }) => name)
    expect(names()).toEqual(['c_total', 'h', 'g', 'x'])
    expect(names({ names: new Set(['g', 'nothing']) })).toEqual(['g'])
    expect(names({ plugins: new Set(['other']) })).toEqual(['x'])
    expect(names({}, (one) => one !== other)).toEqual(['c_total', 'h', 'g'])
  })

  test('changes nothing: two reads are equal, and so is a third reader’s in between', () => {
    const { registry, instance } = createRegistry({
      views: [{ match: 'g', dropLabels: ['b'], seriesLimit: 2 }],
    })
    const { c, h, g } = registry.addTable(instance, table)
    for (const a of ['1', '2', '3', '4']) {
      c.inc({ a })
      h.observe({ a }, 1)
      g.set({ a, b: a }, 1)
    }
    const read = () => registry.read().map((view) => readSeries(view))
    const losses = () => [...registry.losses.overflowedByInstrument]
    const before = losses()
    expect(read()).toEqual(read())
    expect(losses()).toEqual(before)
  })

  test('in slices never yields a label set twice, nor one that came later, and misses none that stayed', () => {
    const { registry, instance } = createRegistry()
    const { c } = registry.addTable(instance, { c: labelled })
    for (let i = 0; i < 500; i++) c.inc({ a: `${i}` })
    const [view] = registry.read()
    const reader = view.parts[0].series()
    const seen: string[] = []
    for (let step = 0; reader.next(); step++) {
      seen.push(readOne(view, reader).labels[0])
      // behind and before the reader: gone, gone and back, new
      c.remove({ a: `${(step * 7) % 500}` })
      c.inc({ a: `${(step * 7) % 500}` })
      c.remove({ a: `${499 - step}` })
      c.inc({ a: `new ${step}` })
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.filter((a) => a.startsWith('new'))).toEqual([])
    const next = readSeries(registry.read()[0]).map(({ labels: [a] }) => a)
    expect(new Set(next).size).toBe(next.length)
  })

  test('misses no series that lives all the while, whatever comes and goes around it', () => {
    const { registry, instance } = createRegistry()
    const { c } = registry.addTable(instance, { c: labelled })
    for (let i = 0; i < 200; i++) c.inc({ a: `${i % 2 === 0 ? 'stays' : 'goes'} ${i}` })
    const [view] = registry.read()
    const reader = view.parts[0].series()
    const seen = new Set<string>()
    for (let step = 0; reader.next(); step++) {
      seen.add(readOne(view, reader).labels[0])
      c.remove({ a: `goes ${step * 2 + 1}` })
      for (let i = 0; i < 5; i++) c.inc({ a: `new ${step} ${i}` })
    }
    const stayed = Array.from({ length: 100 }, (_, i) => `stays ${i * 2}`)
    expect(stayed.filter((a) => !seen.has(a))).toEqual([])
  })

  test('in slices never yields a torn histogram', () => {
    const { registry, instance } = createRegistry()
    const { h } = registry.addTable(instance, table)
    for (let i = 0; i < 100; i++) h.observe({ a: `${i}` }, 1)
    const view = registry.read({ names: new Set(['h']) })[0]
    const reader = view.parts[0].series()
    while (reader.next()) {
      const [one, two, three, rest, sum] = readOne(view, reader).cells
      expect(sum).toBe(one * 1 + two * 2 + three * 3 + rest * 4)
      for (let i = 0; i < 100; i++) h.observe({ a: `${i}` }, (i % 4) + 1)
    }
  })

  test('keeps the ids of a series valid until the next step, also when the table grows', () => {
    const { registry, instance } = createRegistry()
    const { c } = registry.addTable(instance, { c: labelled })
    c.inc({ a: 'first' })
    const view = registry.read()[0]
    const reader = view.parts[0].series()
    reader.next()
    for (let i = 0; i < 1_000; i++) c.inc({ a: `${i}` })
    expect(readOne(view, reader)).toEqual({ labels: ['first'], cells: [1] })
  })

  test('gives every series that a slot ever held another serial number', () => {
    const { registry, instance } = createRegistry()
    const { c } = registry.addTable(instance, { c: labelled })
    const creations = new Set<number>()
    for (let i = 0; i < 50; i++) {
      c.inc({ a: `${i}` })
      const view = registry.read()[0]
      const reader = view.parts[0].series()
      reader.next()
      creations.add(reader.serial)
      c.clear()
    }
    expect(creations.size).toBe(50)
  })
})

describe('instruments', () => {
  test('of two instances with different labels share a family and nothing else', () => {
    const { registry } = createRegistry()
    const instances = ['a', 'b'].map((node) => createPluginInstance('probe', { node }))
    const [one, two] = instances.map((instance): Handles<{ c: typeof labelled }> =>
      registry.addTable(instance, { c: labelled }),
    )
    one.c.inc({ a: 'x' }, 1)
    two.c.inc({ a: 'x' }, 2)
    const [view] = registry.read()
    expect(registry.read()).toHaveLength(1)
    expect(readSeries(view).map(({ cells }) => cells)).toEqual([[1], [2]])
    registry.removeAll(instances[0])
    expect(readSeries(registry.read()[0]).map(({ cells }) => cells)).toEqual([[2]])
  })
})
